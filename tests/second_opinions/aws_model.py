"""A request held against AWS's own description of its service, as botocore carries it.

Emulators take nearly anything. The description knows every member, which of them must be there, their bounds and patterns.
"""

import re

import botocore.loaders


class Operation:
    """An operation of a service, such as CreateSchedule."""

    def __init__(self, service, name):
        self._model = botocore.loaders.Loader().load_service_model(service, "service-2")
        self._input = self._model["operations"][name]["input"]["shape"]

    def faults(self, request):
        """What is wrong with a request, as sentences. `request` holds body and path parameters alike."""
        return list(self._faults(self._input, request, "the request"))

    def _faults(self, name, value, where):
        shape = self._model["shapes"][name]
        judge = {"structure": self._structure, "list": self._list, "string": self._string}.get(shape["type"], self._number)
        yield from judge(shape, value, where)

    def _structure(self, shape, value, where):
        members = shape.get("members", {})
        yield from (f"{where} has no {member}" for member in shape.get("required", []) if member not in value)
        for member, inner in value.items():
            if member in members:
                yield from self._faults(members[member]["shape"], inner, f"{where}: {member}")
            else:
                yield f"{where} has a {member}, which AWS does not know"

    def _list(self, shape, value, where):
        yield from self._bounds(shape, len(value), where)
        for inner in value:
            yield from self._faults(shape["member"]["shape"], inner, where)

    def _string(self, shape, value, where):
        if not isinstance(value, str):
            yield f"{where} is no text: {value!r}"
            return
        yield from self._bounds(shape, len(value), where)
        if "enum" in shape and value not in shape["enum"]:
            yield f"{where} is {value!r}, not one of {shape['enum']}"
        if "pattern" in shape and not re.search(shape["pattern"], value):
            yield f"{where} is {value!r}, which is not of the form {shape['pattern']}"

    def _number(self, shape, value, where):
        if isinstance(value, (int, float)):
            yield from self._bounds(shape, value, where)

    @staticmethod
    def _bounds(shape, size, where):
        if not shape.get("min", size) <= size <= shape.get("max", size):
            yield f"{where} measures {size}, outside {shape.get('min')} to {shape.get('max')}"
