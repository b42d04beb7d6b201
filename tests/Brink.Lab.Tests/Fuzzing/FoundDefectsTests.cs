using System.IO.Compression;
using System.Text;
using Brink.Zoo.Datasets;
using Brink.Zoo.Formats;

namespace Brink.Lab.Tests.Fuzzing;

/// <summary>Files that are hard to read, found by fuzzing, each with the message that refuses it.</summary>
public class FoundDefectsTests
{
    [Theory]
    [InlineData("an alias as a key", "*a : 1\n", "")]
    [InlineData("an unknown alias", "data:\n  classes: *b\n", "line 2")]
    [InlineData("a key over two lines", "\"learning\\nrate\": 1\n", @"learning\nrate: no such key")]
    [InlineData("an empty value", "study: escape\nproblem:\n", "problem: a string is expected")]
    public void Yaml_is_refused_in_one_line(string _, string text, string message) => Refuses<ExperimentException>(
        "a.yaml", Encoding.UTF8.GetBytes(text), path => ExperimentYaml.Read(path), message);

    [Theory]
    [InlineData("[")]
    [InlineData("{a: ")]
    [InlineData("- ")]
    public void Yaml_nested_a_hundred_thousand_levels_deep_does_not_end_the_process(string open) => Refuses<ExperimentException>(
        "a.yaml",
        Encoding.UTF8.GetBytes("data: \n  " + string.Concat(Enumerable.Repeat(open, 100_000))),
        path => ExperimentYaml.Read(path),
        "nested more than 50 levels deep");

    [Fact]
    public void A_key_of_a_million_letters_is_not_compared_with_every_known_one()
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        Refuses<ExperimentException>(
            "a.yaml", Encoding.UTF8.GetBytes("? " + new string('x', 1_000_000) + "\n: 1\n"),
            path => ExperimentYaml.Read(path), "no such key");
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100 << 20);
    }

    [Fact]
    public void Yaml_in_another_encoding_is_refused() => Refuses<ExperimentException>(
        "a.yaml", [.. "data: { path: "u8, 0xe9, .. " }\n"u8], path => ExperimentYaml.Read(path), "not UTF-8");

    [Fact]
    public void Bombs_of_aliases_are_refused_as_lists_of_numbers() => Refuses<ExperimentException>(
        "a.yaml",
        Encoding.UTF8.GetBytes(
            "model:\n  hidden:\n    - &a [1,1,1,1,1,1,1,1,1]\n"
                + string.Concat(Enumerable.Range(0, 30).Select(i => $"    - &{(char)('b' + (i % 24))}{i} [*a,*a,*a,*a,*a,*a]\n"))),
        path => ExperimentYaml.Read(path),
        "model.hidden[0]: a whole number of at most 2,147,483,647 is expected");

    [Fact]
    public void Published_weights_with_a_flipped_bit_are_refused_by_their_checksum()
    {
        var zip = Archives.Zip(CompressionLevel.NoCompression, Storages());
        zip[5000] ^= 1;   // a changed but finite number in the first storage
        Refuses<InvalidDataException>(
            "w.pkl", zip, path => OptimizerFile.Read(path), "storage 0 (recurs.weight_ih): damaged: the checksum is wrong");
    }

    [Fact]
    public void Published_weights_with_a_storage_twice_are_refused() => Refuses<InvalidDataException>(
        "w.pkl",
        Archives.Zip(CompressionLevel.NoCompression, Storages().Append(("other/data/3", new byte[512]))),
        path => OptimizerFile.Read(path),
        "the archive has storage '3' twice");

    [Fact]
    public void Published_weights_that_are_not_finite_are_refused() => Refuses<InvalidDataException>(
        "w.pkl",
        Archives.Zip(
            CompressionLevel.NoCompression,
            Storages().Select((storage, i) => i == 8 ? (storage.Name, [.. Enumerable.Repeat((byte)0xff, 384)]) : storage)),
        path => OptimizerFile.Read(path),
        "'output.weight': a value is not finite");

    [Theory]
    [InlineData("integers", "'recurs.bias_hh': the type is Int64; weights must be floating-point numbers")]
    [InlineData("mixed", "'recurs.bias_hh': the type is Float64, that of output.weight Float32")]
    [InlineData("reach", "'output.reach': the value must be one number above 0")]
    public void Weights_in_safetensors_of_the_right_shapes_and_the_wrong_kind_are_refused(string kind, string message)
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        var weights = Games.LearnedOptimizer.Layout(1)
            .ToDictionary(part => part.Name, part => ones(part.Shape, ScalarType.Float32), StringComparer.Ordinal);
        if (kind == "reach") weights["output.reach"] = tensor(new[] { 1f, 2f });
        else weights["recurs.bias_hh"] = weights["recurs.bias_hh"].to(kind == "mixed" ? ScalarType.Float64 : ScalarType.Int64);
        Safetensors.Write(folder.Path("w"), weights);
        Refuses<InvalidDataException>("w.safetensors", File.ReadAllBytes(folder.Path("w")), path => OptimizerFile.Read(path), message);
    }

    [Theory]
    [InlineData("a,y\n\"1\n2\",0\n", @"line 3, column 'a': the value is '1\n2'")]
    [InlineData("\"a\nb\",y\nx,0\n", @"column 'a\nb': the value is 'x'")]
    public void A_message_about_a_quoted_csv_field_with_a_line_break_has_one_line(string text, string message) =>
        Refuses<InvalidDataException>("a.csv", Encoding.UTF8.GetBytes(text), path => SampleFile.Read(path), message);

    [Fact]
    public void A_vocabulary_in_another_encoding_is_refused() => Refuses<InvalidDataException>(
        "vocab.txt", [.. "[PAD]\n[UNK]\n[CLS]\n[SEP]\n"u8, 0xe9, (byte)'\n'], path => Vocabulary.Read(path), "not UTF-8");

    [Theory]
    [InlineData("1152921504606846976,")]
    [InlineData("4294967296, 4294967296")]
    [InlineData("1000000000, 3")]
    public void An_npy_header_that_promises_more_than_the_file_has_is_refused_before_memory_is_allocated(string shape)
    {
        var npy = Archives.Npy($"{{'descr': '<f8', 'fortran_order': False, 'shape': ({shape}), }}", new byte[48]);
        var message = $"the header states the shape ({shape}), and the file has {npy.Length} bytes";
        Refuses<InvalidDataException>("a.npy", npy, path => NumpyFile.Read(path), message);
        Refuses<InvalidDataException>(
            "a.npz", Archives.Zip(CompressionLevel.Fastest, ("x.npy", npy)), path => NumpyFile.Read(path, ["x"]), message);
    }

    [Fact]
    public void A_message_about_a_safetensors_name_with_a_line_break_has_one_line()
    {
        var header = Encoding.UTF8.GetBytes("""{"a\nb":{"dtype":"\n","shape":[],"data_offsets":[0,0]}}""");
        Refuses<InvalidDataException>(
            "a.safetensors", [(byte)header.Length, 0, 0, 0, 0, 0, 0, 0, .. header],
            path => Safetensors.Read(path), @"'a\nb': the elements have type '\n'");
    }

    [Fact]
    public void An_idx_file_of_rank_255_is_refused_without_listing_its_sizes() => Refuses<InvalidDataException>(
        "a-idx", [0, 0, 8, 255, .. Enumerable.Repeat((byte)0x7f, 1020)], path => Idx.Read(path),
        "the array has rank 255; at most 8 is supported");

    [Fact]
    public void A_tar_archive_with_a_long_name_of_a_gigabyte_in_its_header_is_refused_without_that_memory()
    {
        var tar = Archives.Tar(("a.txt", [1, 2, 3]));
        Encoding.ASCII.GetBytes("07777777777\0").CopyTo(tar, 124);   // the size of the pax header, and its checksum
        var sum = tar[..512].Sum(one => one) - tar[148..156].Sum(one => one) + (8 * ' ');
        Encoding.ASCII.GetBytes(Convert.ToString(sum, 8).PadLeft(6, '0')).CopyTo(tar, 148);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Refuses<InvalidDataException>(
            "a.tar.gz", Archives.Gzip(tar),
            path => Archive.Unpack(path, ["a.txt"], Path.GetTempPath()), "damaged: the archive ends within");
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Fact]
    public void No_entry_of_an_archive_leaves_the_folder()
    {
        using var folder = new TemporaryFolder();
        (string, byte[])[] entries =
            [("../a.txt", [1]), ("/a.txt", [2]), ("..\\..\\a.txt", [3]), ("x/../../a.txt", [4]), ("b.txt/../../../c.txt", [5])];
        foreach (var (name, archive) in new[]
        {
            ("a.zip", Archives.Zip(CompressionLevel.Fastest, entries)),
            ("a.tar.gz", Archives.Gzip(Archives.Tar(entries))),
        })
        {
            File.WriteAllBytes(folder.Path(name), archive);
            var inner = Directory.CreateDirectory(folder.Path($"{name}.d/in")).FullName;
            Archive.Unpack(folder.Path(name), ["a.txt"], inner);
            Assert.Equal([Path.Combine(inner, "a.txt")], Directory.GetFileSystemEntries(inner));
            Assert.Equal([inner], Directory.GetFileSystemEntries(folder.Path($"{name}.d")));
        }
    }

    private static IEnumerable<(string Name, byte[] Content)> Storages()
    {
        int[] sizes = [128 * 36, 128 * 32, 128, 128, 128 * 32, 128 * 32, 128, 128, 3 * 32];
        return sizes.Select((size, number) => ($"archive/data/{number}", new byte[4 * size]));
    }

    private static void Refuses<TException>(string name, byte[] bytes, Action<string> read, string message)
        where TException : Exception
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder.Path(name), bytes);
        var error = Assert.Throws<TException>(() => read(folder.Path(name))).Message;
        Assert.StartsWith(folder.Path(name), error, StringComparison.Ordinal);
        Assert.Contains(message, error, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error);
        Assert.InRange(error.Length, 0, 1000);
    }
}
