"""Swagger UI and ReDoc, served from an installed package without any outside address."""

from importlib.resources import files
from pathlib import Path

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse
from starlette.staticfiles import StaticFiles

ASSETS = "/docs/assets"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; font-src 'self'; worker-src 'self' blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
SWAGGER = f"""<!doctype html><html lang="en"><head><meta charset="utf-8"><title>ivig-cds API</title>
<link rel="icon" href="{ASSETS}/favicon.png"><link rel="stylesheet" href="{ASSETS}/swagger-ui.css"></head>
<body><div id="swagger-ui"></div><script src="{ASSETS}/swagger-ui-bundle.js"></script><script src="/docs/start.js"></script></body></html>"""
START = """window.ui = SwaggerUIBundle({url: "/openapi.json", dom_id: "#swagger-ui", deepLinking: true,
  tryItOutEnabled: true, docExpansion: "list", defaultModelsExpandDepth: 0, validatorUrl: null});"""
REDOC = f"""<!doctype html><html lang="en"><head><meta charset="utf-8"><title>ivig-cds reference</title>
<link rel="icon" href="{ASSETS}/favicon.png"><meta name="viewport" content="width=device-width, initial-scale=1"></head>
<body><redoc spec-url="/openapi.json" disable-search="false"></redoc><script src="{ASSETS}/redoc.standalone.js"></script></body></html>"""


def install(app: FastAPI) -> None:
    """Add /docs, /redoc and their files to the application."""
    folder = Path(str(files("fastapi_offline"))) / "static"
    app.mount(ASSETS, StaticFiles(directory=folder), name="docs-assets")
    app.add_api_route("/docs", _swagger, include_in_schema=False)
    app.add_api_route("/docs/start.js", _start, include_in_schema=False)
    app.add_api_route("/redoc", _redoc, include_in_schema=False)
    app.add_api_route("/", _home, include_in_schema=False)


async def _swagger(_request: Request) -> HTMLResponse:
    return HTMLResponse(SWAGGER, headers={"Content-Security-Policy": POLICY})


async def _start(_request: Request) -> HTMLResponse:
    return HTMLResponse(START, media_type="text/javascript")


async def _redoc(_request: Request) -> HTMLResponse:
    return HTMLResponse(REDOC, headers={"Content-Security-Policy": POLICY})


async def _home(_request: Request) -> RedirectResponse:
    return RedirectResponse("/docs")
