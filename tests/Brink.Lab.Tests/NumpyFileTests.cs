using System.Text;
using Brink.Tests;
using Brink.Zoo.Formats;

namespace Brink.Lab.Tests;

/// <summary>Files that numpy/make.py wrote with NumPy.</summary>
public class NumpyFileTests
{
    private static readonly double[] Values = [0, 1, 2, 3, 4, 127];

    public static TheoryData<string, ScalarType> Kinds
    {
        get
        {
            var kinds = new TheoryData<string, ScalarType> { { "i1", ScalarType.Int8 }, { "u1", ScalarType.Byte } };
            foreach (var (kind, type) in new[]
            {
                ("f2", ScalarType.Float16), ("f4", ScalarType.Float32), ("f8", ScalarType.Float64), ("i2", ScalarType.Int16),
                ("i4", ScalarType.Int32), ("i8", ScalarType.Int64), ("u2", ScalarType.Int32), ("u4", ScalarType.Int64),
            })
            {
                kinds.Add("l" + kind, type);
                kinds.Add("b" + kind, type);
            }
            return kinds;
        }
    }

    [Theory, MemberData(nameof(Kinds))]
    public void Every_type_in_either_byte_order_is_read(string name, ScalarType type)
    {
        using var scope = NewDisposeScope();
        var array = NumpyFile.Read(File("kinds.npz"), [name])[0];
        Assert.Equal(type, array.dtype);
        Assert.Equal([2, 3], array.shape);
        var sign = name.Contains('u', StringComparison.Ordinal) ? 1 : -1;
        Assert.Equal(Values.Select(value => sign * value), array.to(ScalarType.Float64).data<double>().ToArray());
    }

    [Fact]
    public void Booleans_scalars_and_empty_arrays_are_read()
    {
        using var scope = NewDisposeScope();
        var truth = NumpyFile.Read(File("kinds.npz"), ["b1"])[0];
        Assert.Equal([false, false, false, true, true, true], truth.data<bool>().ToArray());
        Assert.Equal([2, 3], truth.shape);
        var arrays = NumpyFile.Read(File("stored.npz"), ["scalar", "empty", "y"]);
        Assert.Equal((0, 3.5), (arrays[0].dim(), arrays[0].item<double>()));
        Assert.Equal([0, 3], arrays[1].shape);
        Assert.Equal([0, 1], arrays[2].data<long>().ToArray());
    }

    [Fact]
    public void Fortran_order_becomes_row_major()
    {
        using var scope = NewDisposeScope();
        var array = NumpyFile.Read(File("fortran.npy"));
        Assert.Equal([2, 3, 4], array.shape);
        Assert.Equal(Enumerable.Range(0, 24).Select(i => (float)i), array.data<float>().ToArray());
    }

    [Theory]
    [InlineData("version2.npy")]
    [InlineData("version3.npy")]
    public void Later_versions_of_the_format_are_read(string name)
    {
        using var array = NumpyFile.Read(File(name));
        Assert.Equal(Values.Select(value => (int)value), array.data<int>().ToArray());
    }

    [Fact]
    public void Files_that_are_not_arrays_of_numbers_are_refused_with_the_reason()
    {
        using var folder = new TemporaryFolder();
        var whole = System.IO.File.ReadAllBytes(File("version2.npy"));
        var before = Live.Tensors;
        for (var length = 0; length < whole.Length; length++)
        {
            System.IO.File.WriteAllBytes(folder.Path("cut.npy"), whole[..length]);
            Assert.StartsWith(
                folder.Path("cut.npy"),
                Assert.Throws<InvalidDataException>(() => NumpyFile.Read(folder.Path("cut.npy"))).Message,
                StringComparison.Ordinal);
        }
        var zip = System.IO.File.ReadAllBytes(File("stored.npz"));
        for (var length = 0; length < zip.Length; length += 7)
        {
            System.IO.File.WriteAllBytes(folder.Path("cut.npz"), zip[..length]);
            Assert.StartsWith(
                folder.Path("cut.npz"),
                Assert.Throws<InvalidDataException>(() => NumpyFile.Read(folder.Path("cut.npz"), ["x"])).Message,
                StringComparison.Ordinal);
        }
        System.IO.File.WriteAllBytes(folder.Path("huge.npy"), Hand("(1000000000000, 1000)"));
        System.IO.File.WriteAllBytes(folder.Path("over.npy"), Hand("(4294967296, 4294967296, 4294967296)"));
        System.IO.File.WriteAllBytes(folder.Path("negative.npy"), Hand("(-1,)"));
        foreach (var (path, message) in new[]
        {
            (File("object.npy"), "this is an array of Python objects; save one of numbers"),
            (File("complex.npy"), "the elements have type Complex; save real numbers"),
            (folder.Path("huge.npy"), "truncated or damaged"),
            (folder.Path("over.npy"), "truncated or damaged"),
            (folder.Path("negative.npy"), "negative dimensions"),
        })
            Assert.Contains(message, Assert.Throws<InvalidDataException>(() => NumpyFile.Read(path)).Message, StringComparison.Ordinal);
        Assert.Contains(
            "the file has no array z; it has x, y, scalar, empty",
            Assert.Throws<InvalidDataException>(() => NumpyFile.Read(File("stored.npz"), ["x", "z"])).Message,
            StringComparison.Ordinal);
        Assert.Throws<FileNotFoundException>(() => NumpyFile.Read(folder.Path("none.npy")));
        Assert.Throws<FileNotFoundException>(() => NumpyFile.Read(folder.Path("none.npz"), ["x"]));
        Assert.Equal(before, Live.Tensors);
    }

    [Theory]
    [InlineData("stored.npz", "x")]
    [InlineData("kinds.npz", "lf4")]
    public void A_damaged_archive_is_refused_or_read_correctly(string archive, string name)
    {
        using var folder = new TemporaryFolder();
        var whole = System.IO.File.ReadAllBytes(File(archive));
        using var scope = NewDisposeScope();
        var right = NumpyFile.Read(File(archive), [name])[0].data<float>().ToArray();
        var refused = 0;
        for (var i = 0; i < whole.Length; i += 1 + (whole.Length / 1000))
        {
            byte[] damaged = [.. whole];
            damaged[i] ^= 0x10;
            System.IO.File.WriteAllBytes(folder.Path("a.npz"), damaged);
            try
            {
                using var array = NumpyFile.Read(folder.Path("a.npz"), [name])[0];
                Assert.Equal(right, array.data<float>().ToArray());
            }
            catch (InvalidDataException)
            {
                refused++;
            }
        }
        // At least the changes within the array are detected.
        Assert.InRange(refused, 40, whole.Length);
    }

    [Fact]
    public void Reading_leaves_no_tensor_behind() => Live.AssertUnchanged(() =>
    {
        foreach (var array in NumpyFile.Read(File("stored.npz"), ["x", "y"])) array.Dispose();
        NumpyFile.Read(File("fortran.npy")).Dispose();
    });

    internal static string File(string name) => Path.Combine(AppContext.BaseDirectory, "numpy", name);

    /// <summary>Returns a file of version 1.0 with this shape in its header and 8 bytes of data.</summary>
    private static byte[] Hand(string shape)
    {
        var header = $$"""{'descr': '<f8', 'fortran_order': False, 'shape': {{shape}}, }""".PadRight(117) + "\n";
        return
        [
            0x93, .. Encoding.ASCII.GetBytes("NUMPY"), 1, 0, (byte)header.Length, 0, .. Encoding.ASCII.GetBytes(header),
            .. new byte[8],
        ];
    }
}
