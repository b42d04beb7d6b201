"""Writes mlp.onnx: the network of ../torchscript/mlp.pt, with its weights, in the ONNX format (opset 17).

Needs Python only. The messages of onnx.proto are encoded field by field: a key of field number and wire type, then a varint or a
length and bytes.
"""
import pathlib
import zipfile

here = pathlib.Path(__file__).parent


def varint(value):
    out = bytearray()
    while True:
        out.append(value & 0x7F | (0x80 if value > 0x7F else 0))
        value >>= 7
        if not value:
            return bytes(out)


def number(field, value):
    return varint(field << 3) + varint(value)


def part(field, content):
    content = content.encode() if isinstance(content, str) else content
    return varint(field << 3 | 2) + varint(len(content)) + content


def tensor(name, shape, data):
    return b"".join(number(1, n) for n in shape) + number(2, 1) + part(8, name) + part(9, data)


def node(operator, inputs, output, **attributes):
    out = b"".join(part(1, name) for name in inputs) + part(2, output) + part(3, output) + part(4, operator)
    for name, value in attributes.items():
        out += part(5, part(1, name) + number(3, value) + number(20, 2))
    return out


def value(name, *sizes):
    dims = b"".join(part(1, part(2, n) if isinstance(n, str) else number(1, n)) for n in sizes)
    return part(1, name) + part(2, part(1, number(1, 1) + part(2, dims)))


with zipfile.ZipFile(here / "../torchscript/mlp.pt") as archive:
    weights = [archive.read(f"mlp/data/{i}") for i in range(4)]
shapes = [("first.weight", (5, 6)), ("first.bias", (5,)), ("last.weight", (3, 5)), ("last.bias", (3,))]
graph = (
    part(1, node("Gemm", ["x", "first.weight", "first.bias"], "first", transB=1))
    + part(1, node("Tanh", ["first"], "hidden"))
    + part(1, node("Gemm", ["hidden", "last.weight", "last.bias"], "outputs", transB=1))
    + part(2, "mlp")
    + b"".join(part(5, tensor(name, shape, data)) for (name, shape), data in zip(shapes, weights))
    + part(11, value("x", "samples", 6))
    + part(12, value("outputs", "samples", 3))
)
model = number(1, 8) + part(2, "make.py") + part(7, graph) + part(8, part(1, "") + number(2, 17))
(here / "mlp.onnx").write_bytes(model)
