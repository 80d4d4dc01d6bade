"""`/docs`: the reference of the API, rendered from the OpenAPI document itself, with nothing from another host."""

import json
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from api.problems import KINDS
from api.render import render

router = APIRouter(include_in_schema=False)


@router.get("/docs")
async def docs(request: Request) -> HTMLResponse:
    """Every operation with its body, answers and examples, then every schema and every refusal."""
    document = request.app.openapi()
    base = f"{request.url.scheme}://{request.url.netloc}"
    return render(
        request,
        "docs.html",
        document=document,
        operations=[
            _operation(method, path, operation, document, base)
            for path, methods in document["paths"].items()
            for method, operation in methods.items()
        ],
        schemas=[
            {"name": name, "about": schema.get("description", ""), "fields": _fields(schema)}
            for name, schema in document["components"]["schemas"].items()
        ],
        kinds=list(KINDS.values()),
    )


def _operation(
    method: str, path: str, operation: dict[str, Any], document: dict[str, Any], base: str
) -> dict[str, Any]:
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    name = body.get("$ref", "").rsplit("/", 1)[-1]
    examples = document["components"]["schemas"].get(name, {}).get("examples", [])
    return {
        "id": operation["operationId"],
        "method": method.upper(),
        "path": path,
        "summary": operation["summary"],
        "about": operation.get("description", ""),
        "body": name,
        "answers": [
            {"status": status, "about": answer["description"], "schema": _name_in(answer)}
            for status, answer in operation["responses"].items()
        ],
        "examples": [_curl(base + path, example) for example in examples] or [f"curl {base}{path}"],
    }


def _name_in(answer: dict[str, Any]) -> str:
    for content in answer.get("content", {}).values():
        return str(content.get("schema", {}).get("$ref", "")).rsplit("/", 1)[-1]
    return ""


def _curl(address: str, body: dict[str, Any]) -> str:
    data = json.dumps(body, ensure_ascii=False, indent=1).replace("'", "'\\''")
    return f"curl {address} -H 'Content-Type: application/json' -d '{data}'"


def _fields(schema: dict[str, Any]) -> list[dict[str, Any]]:
    required = schema.get("required", [])
    return [
        {
            "name": name,
            "type": _type(field),
            "required": name in required,
            "about": field.get("description", ""),
        }
        for name, field in schema.get("properties", {}).items()
    ]


def _type(field: dict[str, Any]) -> str:
    """A schema in a few words: `string or null`, `list of Evidence`."""
    if "$ref" in field:
        return str(field["$ref"]).rsplit("/", 1)[-1]
    if "anyOf" in field:
        return " or ".join(_type(one) for one in field["anyOf"])
    if "const" in field:
        return json.dumps(field["const"])
    if "enum" in field:
        return " or ".join(json.dumps(one) for one in field["enum"])
    if field.get("type") == "array":
        return f"list of {_type(field.get('items', {}))}"
    return str(field.get("type", "any"))
