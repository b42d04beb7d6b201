namespace Brink.Zoo.Datasets;

/// <param name="Name">Name in the set's folder.</param>
/// <param name="Bytes">Size; null if it is not published.</param>
/// <param name="Md5">MD5 checksum; null if it is not published.</param>
public sealed record PublishedFile(string Name, long? Bytes = null, string? Md5 = null);

/// <param name="Url">Address at its authors, or at the usual mirror.</param>
/// <param name="Md5">MD5 checksum of the archive.</param>
/// <param name="Files">The files of the archive that are read.</param>
public sealed record PublishedArchive(Uri Url, string Md5, IReadOnlyList<PublishedFile> Files)
{
    /// <summary>File name of the archive: the last part of its address.</summary>
    public string Name => Path.GetFileName(Url.LocalPath);
}

/// <summary>A published data set.</summary>
/// <param name="Name">Name of the set, as in data.set of an experiment.</param>
/// <param name="Embedded">True if a part of the set is embedded in Brink.</param>
/// <param name="Licence">The licence, in one line.</param>
/// <param name="Archives">All archives of the set.</param>
/// <param name="Training">Reads the training labels of a folder or file.</param>
/// <param name="Test">Reads the test labels of a folder or file.</param>
/// <param name="TrainingCounts">Number of training samples of each class.</param>
/// <param name="TestCounts">Number of test samples of each class.</param>
public sealed record PublishedSet(
    string Name,
    bool Embedded,
    string Licence,
    IReadOnlyList<PublishedArchive> Archives,
    Func<string, IReadOnlyList<byte>> Training,
    Func<string, IReadOnlyList<byte>> Test,
    IReadOnlyList<int> TrainingCounts,
    IReadOnlyList<int> TestCounts)
{
    /// <remarks>Sources of the archives' checksums: for CIFAR-10 its page, for the others torchvision and torchtext, which
    /// also has those of the files in SST-2.zip. No checksum is published for the files in the other archives: their sizes
    /// follow from the layout, and the number of samples in each class is checked.</remarks>
    public static readonly IReadOnlyList<PublishedSet> All =
    [
        new(
            "fashion-mnist",
            Embedded: true,
            "MIT licence (Zalando Research)",
            IdxArchives(
                "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
                "8d4fb7e6c68d591d4c3dfef9ec88bf0d",
                "25c81989df183df01b3e8a0aad5dffbe",
                "bef4ecab320f06d8554ea6380940ec79",
                "bb300cfdad3c16e7a12a480ee83cd310"),
            folder => FashionMnist.Training(folder).Labels,
            folder => FashionMnist.Test(folder).Labels,
            [.. Enumerable.Repeat(6000, 10)],
            [.. Enumerable.Repeat(1000, 10)]),
        new(
            "mnist",
            Embedded: false,
            "CC BY-SA 3.0 (Yann LeCun and Corinna Cortes)",
            IdxArchives(
                "https://ossci-datasets.s3.amazonaws.com/mnist/",
                "f68b3c2dcbeaaa9fbdd348bbdeb94873",
                "d53e105ee54ea40749a09fcbcd1e9432",
                "9fb629c4189551a2d022fa330f9573f3",
                "ec29112dd5afa0611ce80d1b7f02629c"),
            folder => Mnist.Training(folder).Labels,
            folder => Mnist.Test(folder).Labels,
            [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949],
            [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]),
        new(
            "cifar10",
            Embedded: false,
            "no licence stated; cite Krizhevsky (2009)",
            [
                new(
                    new("https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz"),
                    "c32a1d4ab5d03f1284b67883e8d87530",
                    [
                        .. Enumerable.Range(1, 5).Select(i =>
                            new PublishedFile($"data_batch_{i}.bin", 30_730_000)),
                        new("test_batch.bin", 30_730_000),
                    ]),
            ],
            path => Cifar10.Training(path).Labels,
            path => Cifar10.Test(path).Labels,
            [.. Enumerable.Repeat(5000, 10)],
            [.. Enumerable.Repeat(1000, 10)]),
        new(
            "sst2",
            Embedded: false,
            "no licence stated; cite Socher et al. (2013) and GLUE, Wang et al. (2019)",
            [
                new(
                    new("https://dl.fbaipublicfiles.com/glue/data/SST-2.zip"),
                    "9f81648d4199384278b86e315dac217c",
                    [
                        new("train.tsv", Md5: "da409a0a939379ed32a470bc0f7fe99a"),
                        new("dev.tsv", Md5: "268856b487b2a31a28c0a93daaff7288"),
                    ]),
            ],
            path => [.. Sst2.Training(path).Sentences.Select(sentence => sentence.Label)],
            path => [.. Sst2.Test(path).Sentences.Select(sentence => sentence.Label)],
            [29_780, 37_569],
            [428, 444]),
    ];

    /// <summary>The files of all archives that are read, in the order of the archives.</summary>
    public IEnumerable<PublishedFile> Files => Archives.SelectMany(archive => archive.Files);

    private static PublishedArchive[] IdxArchives(string from, params string[] md5)
    {
        (string Part, int Images)[] parts = [("train", 60_000), ("t10k", 10_000)];
        return
        [
            .. parts.SelectMany(part => (PublishedFile[])
            [
                new(IdxImages.ImagesOf(part.Part), 16 + (part.Images * 28 * 28)),
                new(IdxImages.LabelsOf(part.Part), 8 + part.Images),
            ]).Zip(md5, (file, sum) => new PublishedArchive(new($"{from}{file.Name}.gz"), sum, [file])),
        ];
    }
}
