using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using Brink.Zoo.Datasets;
using Brink.Zoo.Formats;
using static Brink.Lab.Tests.Fuzzing.FuzzedReader;

namespace Brink.Lab.Tests.Fuzzing;

/// <summary>All readers of user files.</summary>
internal static class FuzzedReaders
{
    private static readonly byte[] NpyOfDoubles = Archives.Npy(
        "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3), }", [.. Enumerable.Range(0, 48).Select(i => (byte)i)]);

    private static readonly byte[] NpyOfIntegers = Archives.Npy(
        "{'descr': '>i4', 'fortran_order': True, 'shape': (3,), }", [.. Enumerable.Range(0, 12).Select(i => (byte)i)]);

    private static readonly IReadOnlyList<byte[]> NumpyTokens = Text(
        "(1152921504606846976,)", "(0, 1152921504606846976, 8)", "(-1,)", "(4294967296, 4294967296)", "'<f8'", "'|O'", "'<U9'", "'<c16'",
        "True", "((((((((((((((", "'shape': (1,)", "{", "\n", "\u0001", "PK\u0003\u0004", "..");

    private static readonly IReadOnlyList<byte[]> Tables =
        Text("a,b,y\n1,2,0\n3.5,-4e2,1\n", "\"x 1\" , target\r\n 1 , .5\r\n\"2\",7\r\n", "y,é\n1e-3,4\n");

    private static readonly int[] StorageSizes = [128 * 36, 128 * 32, 128, 128, 128 * 32, 128 * 32, 128, 128, 3 * 32];

    private static readonly byte[] PublishedWeights = Archives.Zip(CompressionLevel.NoCompression, StorageSizes.Select(Storage));

    public static IReadOnlyList<FuzzedReader> All { get; } =
    [
        new("yaml", "experiment.yaml", Yaml(), ReadYaml, typeof(ExperimentException))
        {
            Tokens = Text(
                "\n", ": ", "- ", "  ", "\t", "&a ", "*a", "*b", "<<: *a\n", new string('[', 300), new string('{', 300),
                string.Concat(Enumerable.Repeat("- ", 300)),
                "\n---\n", "\n...\n", "!!binary ", "!x ", "? ", "| \n", "\"\\u0000\\n", "%YAML 9.9\n",
                "null", "~", ".nan", ".inf", "\u2028", "\uFEFF", "kind: cnn\n", "study: speed\n", "preset: quickstart\n", "x: &x [*x]\n"),
        },
        new("idx", "t-images-idx3-ubyte", IdxFiles(), ReadIdx, typeof(InvalidDataException)),
        new("idx in gzip", "t-images-idx3-ubyte.gz", IdxFiles(), ReadIdx, typeof(InvalidDataException)) { Packed = Archives.Gzip },
        new("gzip of idx", "t-images-idx3-ubyte.gz", [.. IdxFiles().Select(Archives.Gzip)], ReadIdx, typeof(InvalidDataException)),
        new("cifar", "data_batch_1.bin", [Cifar(1), Cifar(2)], ReadCifar, typeof(InvalidDataException)),
        new("cifar in gzip", "data_batch_1.bin.gz", [Cifar(1), Cifar(2)], ReadCifar, typeof(InvalidDataException))
        {
            Packed = Archives.Gzip,
        },
        new("gzip of csv", "a.csv.gz", [.. Tables.Select(Archives.Gzip)], ReadCsv, typeof(InvalidDataException)),
        new("npy", "a.npy", [NpyOfDoubles, NpyOfIntegers], ReadNpy, typeof(InvalidDataException)) { Tokens = NumpyTokens },
        new("npy in npz", "a.npz", [NpyOfDoubles, NpyOfIntegers], ReadNpz, typeof(InvalidDataException))
        {
            Packed = npy => Npz(npy, npy, CompressionLevel.Fastest), Tokens = NumpyTokens,
        },
        new(
            "npz", "a.npz",
            [Npz(NpyOfDoubles, NpyOfIntegers, CompressionLevel.Fastest), Npz(NpyOfIntegers, NpyOfDoubles, CompressionLevel.NoCompression)],
            ReadNpz, typeof(InvalidDataException)) { Tokens = NumpyTokens },
        new("csv", "a.csv", Tables, ReadCsv, typeof(InvalidDataException))
        {
            Tokens = Text(",", "\n", "\r", "\"", "\"\n\"", ",,", "y", "target", "NaN", "inf", "1e999", "\0", ";", "\t", "\u2028", " "),
        },
        new(
            "tsv", "train.tsv",
            Text("sentence\tlabel\na fine film\t1\nno\t0\n", "\uFEFFlabel\tsentence\r\n1\tdéjà vu\r\n"),
            ReadTsv, typeof(InvalidDataException))
        {
            Tokens = [.. Text("\t", "\n", "\r\n", "\r", "sentence", "label", "2", "\0", "\u2028"), [0xed, 0xa0, 0x80], [0xff]],
        },
        new(
            "vocabulary", "vocab.txt",
            Text("[PAD]\n[UNK]\n[CLS]\n[SEP]\na\n##b\nç\n", "[PAD]\r\nx\r\n[CLS]\r\n[SEP]\r\n[UNK]\r\n"),
            ReadVocabulary, typeof(InvalidDataException))
        {
            Tokens =
            [
                .. Text("[PAD]", "[UNK]", "\n", "\r", "##", "A", " ", "\0", "\uFEFF", "\u2028", "\u0130", "a\n"),
                [0xff], [0xc3], [0xed, 0xa0, 0x80],
            ],
        },
        new("safetensors", "a.safetensors", SafetensorsFiles(), ReadSafetensors, typeof(InvalidDataException))
        {
            Tokens = Text(
                "{", "}", "\"a\":", new string('[', 200),
                "\"__metadata__\":{}", "\"dtype\":\"F64\"", "\"shape\":[]",
                "[1152921504606846976]", "[0,9223372036854775807]",
                "[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1]",
                ",", "\\ud800", "\\n", "null", "1e3", "\"", "\n"),
        },
        new("checkpoint", "a.pt", TorchFiles(), ReadCheckpoint, typeof(InvalidDataException)),
        new("pickle of a checkpoint", "a.pt", [.. TorchFiles().Select(PickleOf)], ReadCheckpoint, typeof(InvalidDataException))
        {
            Packed = Repacked,
            Tokens =
            [
                .. Text("cos\nsystem\n", "c" + "torch\nFloatStorage\n", "c" + "collections\nOrderedDict\n",
                    "(", ")", "}", "]", "t", "u", "s", "R", "b", "."),
                .. new byte[] { 0x85, 0x86, 0x87, 0x88, 0x94, 0x8f }.Select(operation => new[] { operation }),
                [0x8a, 8, 255, 255, 255, 255, 255, 255, 255, 127], [0x95, 0, 0, 0, 0, 0, 0, 0, 0], [(byte)'J', 255, 255, 255, 127],
            ],
        },
        new("published weights", "w.pkl", [PublishedWeights], ReadOptimizer, typeof(InvalidDataException)),
        new("storage of published weights", "w.pkl", [Storage(StorageSizes[8], 8).Content], ReadOptimizer, typeof(InvalidDataException))
        {
            Packed = last =>
                Archives.Zip(CompressionLevel.NoCompression, StorageSizes[..8].Select(Storage).Append(("archive/data/8", last))),
        },
        new("optimizer in safetensors", "w.safetensors", [OptimizerSafetensors()], ReadOptimizer, typeof(InvalidDataException))
        {
            Tokens = Text("output.reach", "output.weight", "I64", "BOOL", "F16", "[]", "[3,1]", "{", "null", "\n"),
        },
        new(
            "game list", "games.txt",
            Text("1,2,3,4,5,6\n-0.5, 1e-3, 2, -2, 0, 1\n", "1 0 2 -2 1 1\r\n\r\n3\t4\t1\t1\t0\t0\r\n"),
            ReadGames, typeof(ExperimentException))
        {
            Tokens = Text(",", " ", "\n", "\r", "\t", "0,0,0,0,1,1\n", "1e308", "NaN", "Infinity", "\u2028", "\u000b", "\0", "€"),
        },
        Unpacked("zip", "a.zip", names => Archives.Zip(CompressionLevel.Fastest, Contents(names))),
        Unpacked("tar", "a.tar.gz", names => Archives.Tar(Contents(names))) with { Packed = Archives.Gzip },
        Unpacked("tar.gz", "a.tar.gz", names => Archives.Gzip(Archives.Tar(Contents(names)))),
        Unpacked("gz", "a.gz", _ => Archives.Gzip([1, 2, 3])),
    ];

    private static IReadOnlyList<byte[]> Yaml() =>
    [
        .. Text(
            StudyYaml.Write(Presets.All[0].Study),
            StudyYaml.Write(SpeedStudy.Default),
            StudyYaml.Write(BnpStudy.Default),
            StudyYaml.Write(EscapeStudy.Default),
            StudyYaml.Write(new GameTraining()),
            StudyYaml.Write(new GanTraining()),
            StudyYaml.Write(new GanEvolution()),
            "preset: quickstart\nlearning_rate: 0.1\nmodel: { kind: mlp, hidden: [8, 8] }\n",
            "data: &d\n  samples: 20\n  classes: &c [1, 2]\nmodel:\n  hidden: *c\n"),
    ];

    private static long ReadYaml(string path)
    {
        var study = ExperimentYaml.Read(path);
        // A study that the reader returns is valid.
        Assert.Null(Record.Exception(() => study.Checked()));
        return 0;
    }

    private static byte[][] IdxFiles() =>
    [
        [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 2, 1, 2, 3, 4, 5, 6, 7, 8],
        [0, 0, 8, 1, 0, 0, 0, 5, 1, 0, 3, 0, 2],
        [0, 0, 8, 0, 7],
    ];

    private static long ReadIdx(string path)
    {
        var idx = Idx.Read(path);
        Assert.Equal(idx.Data.Length, idx.Shape.Aggregate(1L, (product, n) => product * n));
        return 0;
    }

    private static byte[] Cifar(int records) =>
        [.. Enumerable.Range(0, records).SelectMany(i => (byte[])[(byte)i, .. Enumerable.Repeat((byte)(7 * i), 3072)])];

    private static long ReadCifar(string path)
    {
        var images = Cifar10.Training(path);
        Assert.Equal(images.Count * 3072, images.Pixels.Length);
        Assert.All(images.Labels, label => Assert.InRange(label, 0, 9));
        return 0;
    }

    private static byte[] Npz(byte[] x, byte[] y, CompressionLevel level) => Archives.Zip(level, ("x.npy", x), ("y.npy", y));

    private static long ReadNpy(string path)
    {
        var array = NumpyFile.Read(path);
        Assert.Equal(array.numel(), array.shape.Aggregate(1L, (product, n) => product * n));
        return BytesOf(array);
    }

    private static long ReadNpz(string path) => BytesOf(NumpyFile.Read(path, ["x", "y"]));

    private static long ReadCsv(string path)
    {
        var samples = SampleFile.Read(path);
        Assert.Equal(samples.X.shape[0], samples.Y.shape[0]);
        Assert.True(samples.X.isfinite().all().ToBoolean());
        return BytesOf(samples.X, samples.Y);
    }

    private static long ReadTsv(string path)
    {
        Assert.All(Sst2.Training(path).Sentences, sentence => Assert.InRange(sentence.Label, 0, 1));
        return 0;
    }

    private static long ReadVocabulary(string path)
    {
        var vocabulary = Vocabulary.Read(path);
        var numbers = vocabulary.Numbers("A b, ab ç!");
        Assert.Equal(("[CLS]", "[SEP]"), (vocabulary.Pieces[numbers[0]], vocabulary.Pieces[numbers[^1]]));
        return 0;
    }

    private static byte[][] SafetensorsFiles() =>
    [
        SafetensorsFile("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 8),
        SafetensorsFile(
            """{"__metadata__":{"by":"a hand"},"b":{"dtype":"I64","shape":[],"data_offsets":[0,8]}"""
                + ""","a":{"dtype":"BF16","shape":[2,1],"data_offsets":[8,12]}}""",
            12),
        SafetensorsFile("{}", 0),
    ];

    private static byte[] SafetensorsFile(string header, int data)
    {
        var length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
        return [.. length, .. Encoding.UTF8.GetBytes(header), .. new byte[data]];
    }

    private static long ReadSafetensors(string path) => BytesOf(Safetensors.Read(path).Tensors.Values);

    private static (string Name, byte[] Content) Storage(int size, int number) =>
        ($"archive/data/{number}", [.. Enumerable.Range(0, size).SelectMany(i => BitConverter.GetBytes(number + (i / 8192f)))]);

    private static byte[][] TorchFiles() =>
        [.. new[] { "lightning.ckpt", "types.pt", "nested.pth" }.Select(name => File.ReadAllBytes(TrainingCheckpoints.Pickles.Path(name)))];

    private static byte[] PickleOf(byte[] archive)
    {
        using var zip = new ZipArchive(new MemoryStream(archive));
        return CheckedEntry.Read(zip.Entries.First(entry => entry.Name == "data.pkl"));
    }

    private static byte[] Repacked(byte[] pickle) => Archives.Zip(
        CompressionLevel.NoCompression,
        Enumerable.Range(0, 20).Select(i => ($"a/data/{i}", new byte[96])).Prepend(("a/data.pkl", pickle)));

    private static long ReadCheckpoint(string path)
    {
        var read = Zoo.Checkpoints.TrainingCheckpoint.Read(path);
        IEnumerable<Tensor> tensors =
            [.. read.State.Values, .. read.Optimizer?.Parameters.Values.SelectMany(one => one.Tensors.Values) ?? []];
        Assert.All(tensors, tensor => Assert.Equal(tensor.numel(), tensor.contiguous().bytes.Length / (int)tensor.element_size()));
        return BytesOf(tensors);
    }

    private static byte[] OptimizerSafetensors()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        var layout = Games.LearnedOptimizer.Layout(1);
        var weights = layout.ToDictionary(part => part.Name, part => ones(part.Shape, ScalarType.Float32), StringComparer.Ordinal);
        OptimizerFile.Write(folder.Path("w"), Games.LearnedOptimizer.Of(weights) with { Reach = 2 });
        return File.ReadAllBytes(folder.Path("w"));
    }

    private static long ReadOptimizer(string path)
    {
        var weights = OptimizerFile.Read(path).Named();
        Assert.All(weights.Values, tensor => Assert.True(tensor.is_floating_point() && tensor.isfinite().all().ToBoolean()));
        Assert.Single(weights.Values.Take(5).Select(tensor => tensor.dtype).Distinct());
        return BytesOf(weights.Values);
    }

    private static long ReadGames(string path)
    {
        var games = GameFile.Read(path);
        Assert.True(games.FixedPoints().isfinite().all().ToBoolean());
        return BytesOf(games.J, games.C);
    }

    private static IEnumerable<(string Name, byte[] Content)> Contents(IEnumerable<string> names) =>
        names.Select((name, i) => (name, Encoding.UTF8.GetBytes($"content {i}")));

    /// <summary>Unpacks an archive and checks that only the requested files are written, and none outside the folder.</summary>
    private static FuzzedReader Unpacked(string name, string fileName, Func<string[], byte[]> archive) =>
        new(name, fileName, [archive(["data/a.txt", "b.txt"]), archive(["../a.txt", "/tmp/b.txt", "c.txt"])], path =>
        {
            var folder = Directory.CreateDirectory(Path.Combine(Path.GetDirectoryName(path)!, "out"));
            Archive.Unpack(path, ["a.txt", "b.txt"], folder.FullName);
            var siblings = Directory.GetFileSystemEntries(Path.GetDirectoryName(path)!).Select(Path.GetFileName).Order();
            Assert.Equal([Path.GetFileName(path), "out"], siblings);
            Assert.Empty(Directory.GetFileSystemEntries(folder.FullName).Select(Path.GetFileName).Except(["a.txt", "b.txt"]));
            return 0;
        }, typeof(InvalidDataException))
        {
            Tokens = Text("../../a.txt", "/etc/a.txt", "..\\a.txt", "a.txt", "..", "\0", "L", "2", "x", "1", "00000777777777777", "\u0080"),
        };
}
