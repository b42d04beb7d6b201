"""Makes the files of this folder, of which NumpyFileTests says what is in them. NumPy 1.24."""
import numpy as np

a = np.array([[0, 1, 2], [3, 4, 127]])
kinds = [order + kind for kind in ("f2", "f4", "f8", "i2", "i4", "i8", "u2", "u4") for order in "<>"]
signed = lambda kind: -a if kind[-2] in "if" else a
arrays = {kind.translate(str.maketrans("<>", "lb")): signed(kind).astype(kind) for kind in kinds + ["|i1", "|u1"]}
arrays = {name.replace("|", ""): array for name, array in arrays.items()}
np.savez_compressed("kinds.npz", b1=a > 2, **arrays)
np.savez("stored.npz", x=a.astype("f4"), y=np.arange(2), scalar=np.float64(3.5), empty=np.zeros((0, 3)))
np.save("fortran.npy", np.asfortranarray(np.arange(24.0).reshape(2, 3, 4).astype(">f4")))
np.save("object.npy", np.array([1, "a", None], dtype=object), allow_pickle=True)
np.save("complex.npy", a.astype("c8"))
for version in ((2, 0), (3, 0)):
    with open(f"version{version[0]}.npy", "wb") as file:
        np.lib.format.write_array(file, a.astype("<i4"), version=version)
