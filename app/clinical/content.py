"""What every piece of knowledge is made of: closed and immutable, with ids, conditions, sentences and citations."""

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from app.logic import conditions

Id = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)]
FactId = Annotated[str, Field(pattern=r"^[a-z0-9_]+(\.[a-z0-9_]+)+$", max_length=80)]
When = Annotated[Any, BeforeValidator(conditions.parse)]
Text = Annotated[str, Field(min_length=3, max_length=700)]
Cites = Annotated[tuple[Id, ...], Field(min_length=1)]


class Content(BaseModel):
    """A piece of knowledge: closed, immutable."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)
