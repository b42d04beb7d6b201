"""Makes the checkpoints of this folder with Python's own pickle and zipfile, without PyTorch or NumPy: python3 make.py.

Classes and functions by the names of PyTorch and NumPy stand in for theirs, so that the pickles refer to these names.
"""
import collections
import io
import os
import pickle
import struct
import sys
import types
import zipfile


def module(name):
    made = sys.modules[name] = types.ModuleType(name)
    return made


def named(name, value):
    home, _, last = name.rpartition(".")
    value.__module__, value.__name__, value.__qualname__ = home, last, last
    setattr(sys.modules.get(home) or module(home), last, value)
    return value


torch = module("torch")
rebuild = named("torch._utils._rebuild_tensor_v2", lambda *parts: None)
rebuild_v3 = named("torch._utils._rebuild_tensor_v3", lambda *parts: None)
rebuild_parameter = named("torch._utils._rebuild_parameter", lambda *parts: None)
scalar = named("numpy.core.multiarray.scalar", lambda *parts: None)
untyped = named("torch.storage.UntypedStorage", type("UntypedStorage", (), {}))
FORMATS = dict(Double="d", Float="f", Half="e", Long="q", Int="i", Short="h", Char="b", Byte="B", Bool="?", BFloat16=None)
STORAGES = {kind: named(f"torch.{kind}Storage", type(kind, (), {})) for kind in FORMATS}


class Called:
    """A value whose pickle calls a function."""

    def __init__(self, function, *arguments, state=None):
        self.call = (function, arguments) + (() if state is None else (state,))

    def __reduce__(self):
        return self.call


class Dtype(Called):
    pass


named("numpy.dtype", Dtype)


class Storage:
    count = 0

    def __init__(self, kind, values, raw=None):
        self.kind, self.count = kind, len(values)
        packed = raw if raw is not None else b"".join(struct.pack("<" + FORMATS[kind], value) for value in values)
        self.bytes, self.key = packed, None


def tensor(storage, sizes, strides, offset=0):
    return Called(rebuild, storage, offset, tuple(sizes), tuple(strides), False, collections.OrderedDict())


def vector(kind, *values):
    return tensor(Storage(kind, values), [len(values)], [1])


class TorchPickler(pickle.Pickler):
    """Refers to storages by persistent ids, as torch.save does."""

    def __init__(self, file, protocol):
        super().__init__(file, protocol)
        self.storages = []

    def persistent_id(self, value):
        if not isinstance(value, Storage):
            return None
        if value.key is None:
            value.key = str(len(self.storages))
            self.storages.append(value)
        return ("storage", STORAGES.get(value.kind, untyped), value.key, "cpu", value.count)


def archive(name, pickled, storages=(), order="little"):
    root = name.rpartition(".")[0]
    with zipfile.ZipFile(name, "w", zipfile.ZIP_STORED) as zip:
        def write(entry, content):
            zip.writestr(zipfile.ZipInfo(f"{root}/{entry}"), content)
        write("data.pkl", pickled)
        write("byteorder", order)
        for storage in storages:
            write(f"data/{storage.key}", storage.bytes)
        write("version", "3\n")


def save(name, value, protocol=2, order="little"):
    file = io.BytesIO()
    pickler = TorchPickler(file, protocol)
    pickler.dump(value)
    archive(name, file.getvalue(), pickler.storages, order)


class StateDict(collections.OrderedDict):
    """An ordered dictionary with an attribute, which is pickled by BUILD as that of a module's state dict is."""

    def __reduce__(self):
        return (collections.OrderedDict, (), {"_metadata": collections.OrderedDict({"": {"version": 1}})}, None, iter(self.items()))


def adam(step, **others):
    state = {i: {"step": vector("Float", step), "exp_avg": vector("Float", *[0.0] * n), "exp_avg_sq": vector("Float", *values)}
             for i, (n, values) in enumerate([(2, (0.25, 4.0)), (1, (9.0,))])}
    group = {"lr": 0.001, "betas": (0.9, 0.999), "eps": 1e-8, "weight_decay": 0.01, "amsgrad": False, "foreach": None,
             "params": [0, 1], **others}
    return {"state": state, "param_groups": [group]}


accuracy = Called(scalar, Called(Dtype, "f8", False, True, state=(3, "<", None, None, None, -1, -1, 0)), struct.pack("<d", 0.75))
save("lightning.ckpt", {
    "epoch": 3, "global_step": 400, "pytorch-lightning_version": "2.2.0",
    "state_dict": StateDict({"model.w": vector("Float", 1.5, -2.0), "model.b": Called(rebuild_parameter, vector("Float", 3.0), True, collections.OrderedDict())}),
    "loops": {"fit_loop": {"state_dict": {}, "done": {1, 2}}}, "callbacks": {"best": accuracy, "path": "a/b.ckpt"},
    "optimizer_states": [adam(400)],
    "lr_schedulers": [{"milestones": collections.Counter({30: 1}), "gamma": 0.1, "big": 1 << 70}],
})

block = Storage("Double", [float(i) for i in range(12)])
save("types.pt", {"state_dict": {
    **{kind: vector(kind, *([True, False] if kind == "Bool" else [1, 2])) for kind in FORMATS if FORMATS[kind]},
    "BFloat16": tensor(Storage("BFloat16", [1, 2], bytes([0x80, 0x3f, 0x00, 0x40])), [2], [1]),
    "Untyped": Called(rebuild_v3, Storage("Untyped", [0] * 2, struct.pack("<h", 7)), 0, (1,), (1,), False, collections.OrderedDict(),
                      named("torch.int16", type("int16", (), {})), None),
    "rows": tensor(block, [3, 4], [4, 1]),
    "transposed": tensor(block, [4, 3], [1, 4]),
    "slice": tensor(block, [2, 2], [4, 1], 5),
    "every second": tensor(block, [6], [2]),
    "expanded": tensor(block, [2, 3], [0, 1], 9),
    "scalar": tensor(block, [], [], 11),
    "empty": tensor(Storage("Float", []), [0, 3], [3, 1]),
}}, protocol=4)

sgd = {"state": {0: {"momentum_buffer": vector("Double", 0.5, 0.25)}, 1: {"momentum_buffer": None}},
       "param_groups": [{"lr": 0.1, "momentum": 0.9, "nesterov": True, "dampening": 0, "weight_decay": 0, "params": [0], "param_names": ["w"]},
                        {"lr": 0.2, "momentum": 0.9, "nesterov": False, "dampening": 0, "weight_decay": 0, "params": [1], "param_names": ["b"]}]}
save("nested.pth", {"iteration": 7, "model": {"state_dict": {"w": vector("Double", 1.0, 2.0), "b": vector("Double", 3.0), "extra": "x"}},
                    "optimizer_state_dict": sgd}, protocol=5)
adafactor = {"state": {0: {"step": tensor(Storage("Float", [25.0]), [], []), "row_var": tensor(Storage("Float", [1.0, 4.0]), [2, 1], [1, 1]),
                           "col_var": tensor(Storage("Float", [2.0, 2.5, 3.0]), [1, 3], [3, 1])},
                       1: {"step": tensor(Storage("Float", [25.0]), [], []), "variance": vector("Float", 0.25, 9.0)}},
             "param_groups": [{"lr": 0.01, "beta2_decay": -0.8, "eps": (None, 0.001), "d": 1.0, "weight_decay": 0.0, "foreach": None,
                               "maximize": False, "params": [0, 1]}]}
save("adafactor.pt", {"step": 25, "optimizer": adafactor, "model": {
    "w": tensor(Storage("Float", [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]), [2, 3], [3, 1]), "b": vector("Float", 0.5, -0.5)}})
nadam = adam(3, momentum_decay=0.004, decoupled_weight_decay=False)
del nadam["param_groups"][0]["amsgrad"]
save("nadam.pt", {"step": 3, "model": {"w": vector("Float", 1.5, -2.0), "b": vector("Float", 3.0)}, "optimizer": nadam})
save("bare-12.pth", StateDict({"w": vector("Float", 1.0), "b": vector("Float", 2.0)}), protocol=3)
save("loss.pt", {"classifier": {"w": vector("Float", 5.0)}, "loss": tensor(Storage("Float", [0.5]), [], []),
                 "history": collections.defaultdict(list, train=[1.0]), "step": tensor(Storage("Long", [21]), [], [])})
save("two.pt", {"generator": {"w": vector("Float", 1.0)}, "discriminator": {"w": vector("Float", 2.0)}, "epoch": 4})
save("big-endian.pt", {"w": vector("Float", 1.0)}, order="big")

archive("malicious.pt", b"\x80\x02}X\x01\x00\x00\x00acos\nsystem\nX\x19\x00\x00\x00touch /tmp/brink-was-here\x85Rs.")
save("malicious-posix.pt", {"state_dict": {"w": vector("Float", 1.0)}, "x": Called(os.system, "touch /tmp/brink-was-here")})
save("malicious-4.pt", Called(eval, "__import__('os').system('touch /tmp/brink-was-here')"), protocol=4)
save("expanded.pt", {"w": tensor(Storage("Float", [1.0]), [1 << 30], [0])})
every = Storage("Float", [0.0] * 1024)
save("views.pt", {str(i): tensor(every, [1024], [1]) for i in range(600)}, protocol=4)
cycle = {}
cycle["cycle"] = [cycle]
save("cycle.pt", cycle)
# Tuples in tuples, ten thousand levels: the pickler itself could not write them.
archive("deep.pt", b"\x80\x02}X\x01\x00\x00\x00a)" + b"\x85" * 10000 + b"s.")
# Lists that hold the previous list twice: 2^60 leaves. Then a memo index of four billion, and a length of eight bytes.
archive("bomb.pt", b"\x80\x04}\x8c\x01a]" + b"\x94" + b"".join(b"0](h" + bytes([i]) + b"h" + bytes([i]) + b"e\x94" for i in range(60)) + b"s.")
archive("memo.pt", b"\x80\x02}r\xff\xff\xff\xff.")
archive("long.pt", b"\x80\x04\x8d" + b"\xff" * 7 + b"\x7f" + b"a.")
with open("legacy.pth", "wb") as legacy:
    for part in (0x1950A86A20F9469CFC6C, 1001, {"little_endian": True}, {}):
        legacy.write(pickle.dumps(part, 2))
with open("plain.pth", "wb") as plain:
    plain.write(pickle.dumps({"a": 1}, 4))
