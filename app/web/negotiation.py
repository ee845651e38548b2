"""Which of two media types a client would rather have."""

from email.message import Message

from starlette.requests import Request


def prefers(request: Request, wanted: str, usual: str) -> bool:
    """Whether the Accept headers rank ``wanted`` above ``usual``; without them, or on a tie, the usual one is meant."""
    ranges = dict(_ranges(",".join(request.headers.getlist("accept"))))
    return _quality(ranges, wanted) > _quality(ranges, usual)


def _ranges(accept: str) -> list[tuple[str, float]]:
    found = []
    for part in accept.split(","):
        header = Message()
        header["content-type"] = part.strip()
        try:
            weight = float(str(header.get_param("q", "1")))
        except ValueError:
            weight = 0
        found.append((part.partition(";")[0].strip().lower(), weight))
    return found


def _quality(ranges: dict[str, float], media_type: str) -> float:
    """The weight of the most specific range that names the type."""
    names = (media_type, f"{media_type.partition('/')[0]}/*", "*/*")
    return next((ranges[name] for name in names if name in ranges), 0)
