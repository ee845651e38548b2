"""Query parameters: a misspelt one is refused, not ignored."""

from starlette.requests import Request
from starlette.routing import Route

from app.errors import InputError, Problem


async def known_parameters_only(request: Request) -> None:
    """Refuse query parameters that the operation does not declare, and any that is given twice."""
    route = request.scope.get("route")
    dependant = getattr(route, "dependant", None)
    if not isinstance(route, Route) or dependant is None:
        return
    declared = {field.alias for part in (dependant, *dependant.dependencies) for field in part.query_params}
    names = [name for name, _ in request.query_params.multi_items()]
    if not declared.issuperset(names) or len(names) != len(set(names)):
        listed = ", ".join(sorted(declared)) or "none"
        problem = Problem("", "unknown_parameter", f"Query parameters taken here, each at most once: {listed}.")
        raise InputError("invalid-input", (problem,))
