using System.IO.Compression;
using System.Text;
using Brink.Tests;
using Brink.Zoo.Datasets;
using Brink.Zoo.Formats;

namespace Brink.Lab.Tests;

public class SampleFileTests
{
    [Fact]
    public void Arrays_of_an_archive_are_inputs_and_targets()
    {
        using var scope = NewDisposeScope();
        var (x, y) = SampleFile.Read(NumpyFileTests.File("stored.npz"));
        Assert.Equal((ScalarType.Float32, ScalarType.Int64), (x.dtype, y.dtype));
        Assert.Equal([0, -1, -2, -3, -4, -127], x.data<float>().Select(value => -Math.Abs(value)));
        Assert.Equal([0, 1], y.data<long>().ToArray());
        // Features in uint8 keep their values; floating targets may have several columns.
        var features = SampleFile.Read(NumpyFileTests.File("kinds.npz"), "u1", "lf2");
        Assert.Equal([0, 1, 2, 3, 4, 127], features.X.data<double>().ToArray());
        Assert.Equal((ScalarType.Float16, 2L), (features.Y.dtype, features.Y.dim()));
        Assert.Empty(features.Notes);
    }

    [Fact]
    public void Two_npy_files_are_a_pair()
    {
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        using (var zip = ZipFile.OpenRead(NumpyFileTests.File("stored.npz")))
            foreach (var entry in zip.Entries) entry.ExtractToFile(folder.Path(entry.Name));
        var (x, y) = SampleFile.ReadPair(folder.Path("x.npy"), folder.Path("y.npy"));
        Assert.Equal([2, 3], x.shape);
        Assert.Equal([2], y.shape);
        AssertRefused("x.npy: the file has one array; name the file of the targets", () => SampleFile.Read(folder.Path("x.npy")));
    }

    [Theory]
    [InlineData("(2, 1, 1, 2)", new byte[] { 0, 1, 51, 255 }, 255, "is read as images [n,c,h,w], and its pixels are divided by 255")]
    [InlineData("(2, 1, 1, 2)", new byte[] { 0, 1, 1, 0 }, 1, null)]     // planes of 0 and 1
    [InlineData("(2, 1, 2)", new byte[] { 0, 1, 51, 255 }, 1, "keeps its values; images [n,c,h,w] would be divided by 255")]
    [InlineData("(2, 1, 2)", new byte[] { 0, 1, 1, 0 }, 1, null)]        // sequences, one-hot
    [InlineData("(2, 2)", new byte[] { 0, 1, 51, 255 }, 1, null)]
    public void Only_images_in_uint8_are_divided_by_255_with_a_note(string shape, byte[] bytes, double divisor, string? note)
    {
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        File.WriteAllBytes(folder.Path("x.npy"), Npy("|u1", shape, bytes));
        File.WriteAllBytes(folder.Path("y.npy"), Npy("|u1", "(2,)", [0, 1]));
        var samples = SampleFile.ReadPair(folder.Path("x.npy"), folder.Path("y.npy"));
        Assert.Equal(bytes.Select(value => value / divisor), samples.X.data<double>().ToArray());
        if (note is null) Assert.Empty(samples.Notes);
        else Assert.Contains(note, Assert.Single(samples.Notes), StringComparison.Ordinal);
    }

    [Fact]
    public void Targets_in_a_separate_file_may_be_an_archive()
    {
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        var (x, y) = (Float32("(2, 1)", [1, 2]), Float32("(2, 1)", [3, 4]));
        File.WriteAllBytes(folder.Path("x.npy"), x);
        Zip("one.npz", ("arr_0.npy", y));
        Zip("named.npz", ("x.npy", x), ("y.npy", y));
        Zip("other.npz", ("a.npy", x), ("b.npy", y));
        File.WriteAllText(folder.Path("y.csv"), "y\n3\n4\n");
        foreach (var (inputs, targets) in new[]
        {
            ("x.npy", "one.npz"), ("x.npy", "named.npz"), ("named.npz", "named.npz"), ("named.npz", "one.npz"),
        })
        {
            var read = SampleFile.ReadPair(folder.Path(inputs), folder.Path(targets));
            Assert.Equal([1, 2], read.X.data<float>().ToArray());
            Assert.Equal([3, 4], read.Y.data<float>().ToArray());
        }
        AssertRefused(
            "other.npz: the file has no array y; it has a, b", () => SampleFile.ReadPair(folder.Path("x.npy"), folder.Path("other.npz")));
        AssertRefused(
            "y.csv: the file is not an array; inputs and targets in two files must be .npy or .npz",
            () => SampleFile.ReadPair(folder.Path("x.npy"), folder.Path("y.csv")));

        void Zip(string name, params (string Name, byte[] Bytes)[] entries) =>
            File.WriteAllBytes(folder.Path(name), Fuzzing.Archives.Zip(CompressionLevel.Fastest, entries));
    }

    [Fact]
    public void Tables_and_records_may_be_compressed_and_damage_is_detected()
    {
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        var table = Encoding.UTF8.GetBytes("a,b\n" + string.Concat(Enumerable.Range(0, 500).Select(i => $"{i * 0.37},{i}\n")));
        byte[] records = [.. Enumerable.Range(0, 2 * 3073).Select(i => (byte)(i % 3073 == 0 ? 3 : i % 251))];
        foreach (var (name, bytes, samples) in new[] { ("a.csv", table, 500L), ("a.bin", records, 2L) })
        {
            File.WriteAllBytes(folder.Path(name), bytes);
            var zipped = Fuzzing.Archives.Gzip(bytes);
            File.WriteAllBytes(folder.Path(name + ".gz"), zipped);
            var (plain, read) = (SampleFile.Read(folder.Path(name)), SampleFile.Read(folder.Path(name + ".gz")));
            Assert.Equal(samples, read.X.shape[0]);
            Assert.True(plain.X.equal(read.X).all().ToBoolean() && plain.Y.equal(read.Y).all().ToBoolean());
            // Two members are one file after the other.
            File.WriteAllBytes(folder.Path(name + ".gz"), [.. Fuzzing.Archives.Gzip(bytes[..100]), .. Fuzzing.Archives.Gzip(bytes[100..])]);
            Assert.True(plain.X.equal(SampleFile.Read(folder.Path(name + ".gz")).X).all().ToBoolean());
            foreach (var length in new[] { 3, 12, zipped.Length / 2, zipped.Length - 9, zipped.Length - 5, zipped.Length - 1 })
            {
                File.WriteAllBytes(folder.Path(name + ".gz"), zipped[..length]);
                AssertRefused($"{name}.gz: truncated or damaged", () => SampleFile.Read(folder.Path(name + ".gz")));
            }
            zipped[^6] ^= 1;   // the checksum
            File.WriteAllBytes(folder.Path(name + ".gz"), zipped);
            AssertRefused($"{name}.gz: truncated or damaged", () => SampleFile.Read(folder.Path(name + ".gz")));
        }
        File.WriteAllBytes(folder.Path("x.npy.gz"), Fuzzing.Archives.Gzip(Float32("(1, 1)", [1])));
        AssertRefused("x.npy.gz: the file is a compressed array; unpack it with gunzip", () => SampleFile.Read(folder.Path("x.npy.gz")));
    }

    [Fact]
    public void Unsigned_64_bit_integers_are_read_up_to_the_largest_signed_one()
    {
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        File.WriteAllBytes(
            folder.Path("a.npy"), Npy("<u8", "(2, 1)", [.. BitConverter.GetBytes(7UL), .. BitConverter.GetBytes((ulong)long.MaxValue)]));
        Assert.Equal([7, long.MaxValue], NumpyFile.Read(folder.Path("a.npy")).data<long>().ToArray());
        File.WriteAllBytes(
            folder.Path("a.npy"), Npy("<u8", "(2, 1)", [.. BitConverter.GetBytes(7UL), .. BitConverter.GetBytes(1UL << 63)]));
        AssertRefused(
            "a.npy: the uint64 value 9223372036854775808 is too large for int64",
            () => SampleFile.ReadPair(folder.Path("a.npy"), folder.Path("a.npy")));
    }

    [Theory]
    [InlineData("a,b,target\n1,2.5,0\n-3e-1,4,2\n", ScalarType.Int64, 0.0, 2)]
    [InlineData("a,Y,b\n1,0.5,2.5\n-0.3,7,4", ScalarType.Float64, 0.5, 7)]
    [InlineData("label,\"a, in m\",b\r\n1,1,2.5\r\n0,\"-0.3\", 4\r\n\r\n", ScalarType.Int64, 1.0, 0)]
    [InlineData("\ufeffa,b,c\n1,2.5,3.0\n-0.3,4,4.0\n", ScalarType.Float64, 3.0, 4)]
    public void Columns_are_inputs_and_a_target(string text, ScalarType type, double first, double second)
    {
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        File.WriteAllText(folder.Path("a.csv"), text);
        var (x, y) = SampleFile.Read(folder.Path("a.csv"));
        Assert.Equal([2, 2], x.shape);
        Assert.Equal([1, 2.5, -0.3, 4], x.data<double>().ToArray());
        Assert.Equal(type, y.dtype);
        Assert.Equal([first, second], y.to(ScalarType.Float64).data<double>().ToArray());
    }

    [Theory]
    [InlineData("line 3, column 'b': the value is 'x'; a finite number is needed", "a,b,c\n1,2,3\n4,x,6\n")]
    [InlineData("line 2, column 'c': the value is 'NaN'", "a,b,c\n1,2,NaN\n")]
    [InlineData("line 2, column 'a': the value is '1e999'", "a,b,c\n1e999,2,3\n")]
    [InlineData("line 2, column 'a': the field is empty", "a,b,c\n,2,3\n")]
    [InlineData("line 4 has 2 fields; the header has 3", "a,b,c\n1,2,3\n\n4,5\n")]
    [InlineData("line 1: '0.5' is a number; the first line must name the columns", "0.5,1,2\n1,2,3\n")]
    [InlineData("the columns label and y could all be the target; rename all but one", "label,y,a\n1,2,3\n")]
    [InlineData("there is one column, 'a;b;c'; inputs and a target are needed, separated by commas", "a;b;c\n1;2;3\n")]
    [InlineData("line 1: column 1 has no name; it looks like a row index", ",a,y\n0,1.5,2\n1,2.5,3\n")]
    [InlineData("leave it out with df.to_csv(path, index=False)", "\"\",\"a\",\"y\"\n\"7\",1.5,2\n\"3\",2.5,3\n")]
    [InlineData("line 1: column 1 has no name; it looks like a row index", "Unnamed: 0,a,y\n0,1.5,2\n")]
    [InlineData("line 1: column 3 has no name; name every column", "a,b,\n0,1.5,2\n")]
    [InlineData("line 2: a field has a quotation mark in its middle", "a,b,c\n1,2\"3,4\n")]
    [InlineData("there are no samples", "a,b,c\n")]
    [InlineData("empty", "")]
    public void Cells_that_are_not_numbers_are_reported_with_their_place(string message, string text)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.Path("a.csv"), text);
        AssertRefused(message, () => SampleFile.Read(folder.Path("a.csv")));
    }

    [Fact]
    public void Idx_images_are_read_with_the_labels_file_next_to_them_and_standardised()
    {
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        byte[] images = [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2, 0, 10, 20, 30];
        byte[] labels = [0, 0, 8, 1, 0, 0, 0, 2, 46, 3];
        File.WriteAllBytes(folder.Path("letters-images-idx3-ubyte"), images);
        AssertRefused<FileNotFoundException>("letters-labels-idx1-ubyte", () => SampleFile.Read(folder.Path("letters-images-idx3-ubyte")));
        using (var zip = new GZipStream(File.Create(folder.Path("letters-labels-idx1-ubyte.gz")), CompressionLevel.Fastest))
            zip.Write(labels);
        var (x, y) = SampleFile.Read(folder.Path("letters-images-idx3-ubyte"));
        Assert.Equal([2, 1, 1, 2], x.shape);
        Assert.Equal([46, 3], y.data<long>().ToArray());
        // Mean 15, variance (225 + 25 + 25 + 225) / 4 = 125.
        Assert.All(
            new[] { -15, -5, 5, 15 }.Zip(x.data<double>().ToArray()),
            pair => Assert.Equal(pair.First / Math.Sqrt(125), pair.Second, 1e-14));
        File.Move(folder.Path("letters-images-idx3-ubyte"), folder.Path("letters"));
        AssertRefused("rename the file to PART-images-idx3-ubyte", () => SampleFile.Read(folder.Path("letters")));
    }

    [Fact]
    public void Cifar_records_that_start_like_idx_are_read()
    {
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        var record = new byte[3073];
        record[2] = 8;
        for (var i = 100; i < 3073; i++) record[i] = (byte)i;
        File.WriteAllBytes(folder.Path("a.bin"), [.. record, .. record]);
        var (x, y) = SampleFile.Read(folder.Path("a.bin"));
        Assert.Equal([2, 3, 32, 32], x.shape);
        Assert.Equal([0, 0], y.data<long>().ToArray());
        File.WriteAllBytes(folder.Path("flat.bin"), new byte[3073]);
        AssertRefused("flat.bin: a channel is constant", () => SampleFile.Read(folder.Path("flat.bin")));
    }

    [Fact]
    public void Arrays_that_do_not_fit_are_refused_with_the_reason()
    {
        using var folder = new TemporaryFolder();
        var (kinds, stored) = (NumpyFileTests.File("kinds.npz"), NumpyFileTests.File("stored.npz"));
        AssertRefused("the inputs have type Bool; use floating-point numbers", () => SampleFile.Read(kinds, "b1", "lf4"));
        Assert.Equal(ScalarType.Int64, SampleFile.Read(kinds, "li4", "lf4").X.dtype);   // tokens: the model decides
        Assert.Equal([2, 3], SampleFile.Read(kinds, "lf4", "li8").Y.shape);   // one-hot: the loss decides
        AssertRefused("the inputs have shape [2]; make it [n,...]", () => SampleFile.Read(stored, "y", "y"));
        AssertRefused("the targets have type Float64 and shape []", () => SampleFile.Read(stored, "x", "scalar"));
        AssertRefused("stored.npz: empty: there are 0 targets for 2 inputs in", () => SampleFile.Read(stored, "x", "empty"));
        AssertRefused("the file has no array images; it has x, y", () => SampleFile.Read(stored, "images"));
        AssertRefused("there are no samples", () => SampleFile.Read(stored, "empty", "empty"));
        AssertRefused("is a folder; name a file", () => SampleFile.Read(folder.Path("")));
        File.WriteAllText(folder.Path("a.txt"), "some text");
        AssertRefused("a.txt: the layout is unknown; use .npz, .csv, IDX", () => SampleFile.Read(folder.Path("a.txt")));
        File.WriteAllText(folder.Path("a.npz"), "some text");
        AssertRefused("a.npz", () => SampleFile.Read(folder.Path("a.npz")));
        AssertRefused<FileNotFoundException>("none.npz", () => SampleFile.Read(folder.Path("none.npz")));
        File.WriteAllBytes(folder.Path("x.npy"), Float32("(3, 2)", [1, 2, 3, 4, 5, float.NaN]));
        File.WriteAllBytes(folder.Path("y.npy"), Float32("(3,)", [1, float.NegativeInfinity, 3]));
        File.WriteAllBytes(folder.Path("z.npy"), Float32("(3, 2)", [1, 2, 3, 4, 5, 6]));
        AssertRefused(
            "x.npy: the value at [2, 1] (counted from 0) is NaN", () => SampleFile.ReadPair(folder.Path("x.npy"), folder.Path("y.npy")));
        AssertRefused(
            "y.npy: the value at [1] (counted from 0) is -Infinity", () => SampleFile.ReadPair(folder.Path("z.npy"), folder.Path("y.npy")));
    }

    [Fact]
    public void Reading_leaves_only_the_samples()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.Path("a.csv"), "a,b\n1,2\n");
        File.WriteAllBytes(folder.Path("a.bin"), [.. Enumerable.Range(0, 3073).Select(i => (byte)(i % 7))]);
        File.WriteAllBytes(folder.Path("x.npy"), Float32("(1, 2)", [1, 2]));
        Live.AssertUnchanged(() =>
        {
            foreach (var read in new Func<Samples>[]
            {
                () => SampleFile.Read(folder.Path("a.csv")),
                () => SampleFile.Read(folder.Path("a.bin")),
                () => SampleFile.Read(NumpyFileTests.File("stored.npz")),
                () => SampleFile.Read(NumpyFileTests.File("kinds.npz"), "u1", "lf2"),
                () => SampleFile.ReadPair(folder.Path("x.npy"), folder.Path("x.npy")),
            })
            {
                var before = Live.Tensors;
                var (x, y) = read();
                Assert.Equal(2, Live.Tensors - before);
                x.Dispose();
                y.Dispose();
            }
            Assert.Throws<InvalidDataException>(() => SampleFile.Read(NumpyFileTests.File("stored.npz"), "y", "x"));
        });
    }

    [Fact]
    public void Targets_have_the_shape_of_any_output()
    {
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        File.WriteAllBytes(folder.Path("y.npy"), Float32("(2, 3, 1, 2)", [.. Enumerable.Range(0, 12).Select(i => (float)i)]));
        Assert.Equal([2, 3, 1, 2], SampleFile.ReadPair(folder.Path("y.npy"), folder.Path("y.npy")).Y.shape);
    }

    private static void AssertRefused(string message, Func<Samples> read) => AssertRefused<InvalidDataException>(message, read);

    private static void AssertRefused<T>(string message, Func<Samples> read)
        where T : Exception
    {
        var error = Assert.Throws<T>(() => read()).Message;
        Assert.Contains(message, error, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error);
    }

    private static byte[] Float32(string shape, float[] values) => Npy("<f4", shape, [.. values.SelectMany(BitConverter.GetBytes)]);

    private static byte[] Npy(string type, string shape, byte[] elements)
    {
        var header = $$"""{'descr': '{{type}}', 'fortran_order': False, 'shape': {{shape}}, }""".PadRight(117) + "\n";
        return [0x93, .. Encoding.ASCII.GetBytes("NUMPY"), 1, 0, (byte)header.Length, 0, .. Encoding.ASCII.GetBytes(header), .. elements];
    }
}
