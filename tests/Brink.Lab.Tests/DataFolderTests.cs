using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using Brink.Zoo.Datasets;

namespace Brink.Lab.Tests;

public class DataFolderTests
{
    private static readonly byte[] Batch = Records(0, 1, 0, 1), TestBatch = Records(1);

    [Fact]
    public void A_published_archive_is_downloaded_checked_and_unpacked()
    {
        using var folder = new TemporaryFolder();
        var (set, archive) = Tiny();
        using var server = new FileServer(archive);
        var data = new DataFolder(folder.Path("data"));
        Assert.Null(data.Find(set));
        var reports = new List<DownloadProgress>();
        Assert.Equal(folder.Path("data/tiny"), data.Get(set, server.Url, reports.Add, CancellationToken.None));
        Assert.Equal(new DownloadProgress("tiny.tar.gz", archive.Length, archive.Length), reports[^1]);
        Assert.Equal(Batch, File.ReadAllBytes(folder.Path("data/tiny/data_batch_1.bin")));
        // A second call sends no request, and no temporary files remain.
        data.Get(set, server.Url, null, CancellationToken.None);
        Assert.Equal(["whole"], server.Requests);
        Assert.Equal([folder.Path("data/tiny")], Directory.GetFileSystemEntries(folder.Path("data")));
    }

    [Fact]
    public void A_broken_download_is_resumed_where_it_broke()
    {
        using var folder = new TemporaryFolder();
        var (set, archive) = Tiny();
        using var server = new FileServer(archive) { CutAfter = 100 };
        var data = new DataFolder(folder.Path("data"));
        var error = Assert.Throws<IOException>(() => data.Get(set, server.Url, null, CancellationToken.None));
        Assert.Contains("the connection broke after 100 bytes, which are kept", error.Message, StringComparison.Ordinal);
        server.CutAfter = null;
        data.Get(set, server.Url, null, CancellationToken.None);
        Assert.Equal(["whole", "bytes=100-"], server.Requests);
    }

    [Fact]
    public void A_download_from_a_server_without_ranges_or_with_another_version_starts_again()
    {
        foreach (var change in new Action<FileServer>[] { server => server.KnowsRanges = false, server => server.Tag = "\"2\"" })
        {
            using var folder = new TemporaryFolder();
            var (set, archive) = Tiny();
            using var server = new FileServer(archive) { CutAfter = 100 };
            var data = new DataFolder(folder.Path("data"));
            Assert.Throws<IOException>(() => data.Get(set, server.Url, null, CancellationToken.None));
            server.CutAfter = null;
            change(server);
            data.Get(set, server.Url, null, CancellationToken.None);
            Assert.Equal(Batch, File.ReadAllBytes(folder.Path("data/tiny/data_batch_1.bin")));
        }
    }

    [Fact]
    public void A_complete_partial_file_is_not_downloaded_again()
    {
        using var folder = new TemporaryFolder();
        var (set, archive) = Tiny();
        using var server = new FileServer(archive);
        var data = new DataFolder(folder.Path("data"));
        Directory.CreateDirectory(folder.Path("data/.tiny.partial"));
        File.WriteAllBytes(folder.Path("data/.tiny.partial/tiny.tar.gz.part"), archive);
        Assert.Equal(data.Get(set, server.Url, null, CancellationToken.None), data.Find(set));
    }

    [Fact]
    public void A_wrong_checksum_is_reported_and_the_download_is_deleted()
    {
        using var folder = new TemporaryFolder();
        var (set, archive) = Tiny();
        using var server = new FileServer([.. archive, 0]);
        var data = new DataFolder(folder.Path("data"));
        var error = Assert.Throws<IOException>(() => data.Get(set, server.Url, null, CancellationToken.None));
        Assert.Contains(
            $"the MD5 checksum is {Md5([.. archive, 0])}, that of the published archive {Md5(archive)}",
            error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(folder.Path("data/.tiny.partial")).Where(file => file.EndsWith(".part", StringComparison.Ordinal)));
        Assert.Null(data.Find(set));
        server.Content = archive;
        Assert.Equal(data.Get(set, server.Url, null, CancellationToken.None), data.Find(set));
    }

    [Fact]
    public void An_error_of_the_server_and_a_missing_server_are_reported_with_the_URL()
    {
        using var folder = new TemporaryFolder();
        var (set, archive) = Tiny();
        var data = new DataFolder(folder.Path("data"));
        Uri url;
        using (var server = new FileServer(archive) { Missing = true })
        {
            url = server.Url;
            var refused = Assert.Throws<IOException>(() => data.Get(set, url, null, CancellationToken.None));
            Assert.Contains($"{url}tiny.tar.gz: the server answered 404", refused.Message, StringComparison.Ordinal);
        }
        var missing = Assert.Throws<IOException>(() => data.Get(set, url, null, CancellationToken.None));
        Assert.StartsWith($"{url}tiny.tar.gz: ", missing.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_interrupted_download_keeps_the_received_bytes()
    {
        using var folder = new TemporaryFolder();
        var (set, archive) = Tiny();
        using var server = new FileServer(archive);
        using var interrupted = new CancellationTokenSource();
        var data = new DataFolder(folder.Path("data"));
        Assert.ThrowsAny<OperationCanceledException>(() => data.Get(set, server.Url, _ => interrupted.Cancel(), interrupted.Token));
        Assert.NotEmpty(File.ReadAllBytes(folder.Path("data/.tiny.partial/tiny.tar.gz.part")));
        Assert.Equal(data.Get(set, server.Url, null, CancellationToken.None), data.Find(set));
    }

    [Fact]
    public void Published_files_are_added_from_an_archive_or_a_folder()
    {
        using var folder = new TemporaryFolder();
        var (set, archive) = Tiny();
        File.WriteAllBytes(folder.Path("tiny.tar.gz"), archive);
        Directory.CreateDirectory(folder.Path("mine"));
        File.WriteAllBytes(folder.Path("mine/data_batch_1.bin"), Batch);
        File.WriteAllBytes(folder.Path("mine/test_batch.bin"), TestBatch);
        foreach (var source in new[] { "tiny.tar.gz", "mine", "" })
        {
            var place = new DataFolder(folder.Path("data")).Add(set, folder.Path(source));   // replaces the files of the previous source
            Assert.Equal(Batch, File.ReadAllBytes(Path.Combine(place, "data_batch_1.bin")));
            Assert.Equal([place], Directory.GetFileSystemEntries(folder.Path("data")));
        }
    }

    [Theory]
    [InlineData("nothing", "there is no such file or folder")]
    [InlineData("empty", "the folder has neither data_batch_1.bin nor tiny.tar.gz")]
    [InlineData(
        "short",
        "data_batch_1.bin: the file has 3,073 bytes, the published one 12,292; download it again,"
            + " or use the data as they are with --set data.path=")]
    [InlineData(
        "other",
        "tiny: training samples: class 0 has 3 samples, and 2 in the published set; download the set again,"
            + " or use the data as they are with --set data.path=")]
    [InlineData(
        "mine.bin",
        "the file mine.bin of 12,292 bytes is not a part of tiny; the published archives are tiny.tar.gz,"
            + " with data_batch_1.bin (12,292 bytes), test_batch.bin (3,073 bytes): name the folder that has them,"
            + " or use the data as they are with --set data.path=")]
    [InlineData(
        "data_batch_1.bin",
        "only a part of tiny, which consists of data_batch_1.bin (12,292 bytes), test_batch.bin (3,073 bytes);"
            + " name the folder that has them all")]
    [InlineData("tiny.tar.gz", "that of the published file")]
    public void Files_that_differ_from_the_published_ones_are_refused_and_removed(string source, string message)
    {
        using var folder = new TemporaryFolder();
        foreach (var name in new[] { "empty", "short", "other" }) Directory.CreateDirectory(folder.Path(name));
        File.WriteAllBytes(folder.Path("short/data_batch_1.bin"), Records(1));
        File.WriteAllBytes(folder.Path("other/data_batch_1.bin"), Records(0, 0, 0, 1));
        File.WriteAllBytes(folder.Path("other/test_batch.bin"), TestBatch);
        File.WriteAllBytes(folder.Path("mine.bin"), Batch);
        File.WriteAllBytes(folder.Path("data_batch_1.bin"), Batch);
        var (set, archive) = Tiny();
        File.WriteAllBytes(folder.Path("tiny.tar.gz"), archive[..^1]);
        var error = Assert.ThrowsAny<Exception>(() => new DataFolder(folder.Path("data")).Add(set, folder.Path(source)));
        Assert.True(error is InvalidDataException or FileNotFoundException);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path("data")));
    }

    [Fact]
    public void Each_published_set_is_available_to_experiments_and_complete()
    {
        Assert.Equal(["cifar10", "fashion-mnist", "mnist", "sst2"], PublishedSet.All.Select(set => set.Name).Order(StringComparer.Ordinal));
        Assert.Equal([70_000, 70_000, 60_000, 68_221], PublishedSet.All.Select(set => set.TrainingCounts.Sum() + set.TestCounts.Sum()));
        Assert.All(PublishedSet.All.SelectMany(set => set.Archives), archive => Assert.Matches("^[0-9a-f]{32}$", archive.Md5));
        Assert.Equal(47_040_016, PublishedSet.All.Single(set => set.Name == "mnist").Files.First().Bytes);
        Assert.SkipUnless(File.Exists(Sst2Tests.Shared), $"{Sst2Tests.Shared} is missing: SST-2 may not be redistributed");
        var sst2 = PublishedSet.All.Single(set => set.Name == "sst2");
        Assert.Equal(sst2.TrainingCounts, Counts(sst2.Training(Sst2Tests.Shared)));
        Assert.Equal(sst2.TestCounts, Counts(sst2.Test(Path.GetDirectoryName(Sst2Tests.Shared)!)));

        static IEnumerable<int> Counts(IEnumerable<byte> labels) =>
            labels.CountBy(label => label).OrderBy(pair => pair.Key).Select(pair => pair.Value);
    }

    /// <summary>Returns a set in the layout of CIFAR-10, with four training images and one test image.</summary>
    private static (PublishedSet Set, byte[] Archive) Tiny()
    {
        using var file = new MemoryStream();
        using (var zip = new GZipStream(file, CompressionLevel.NoCompression, leaveOpen: true))
        using (var tar = new TarWriter(zip))
        {
            (string, byte[])[] entries = [("tiny/data_batch_1.bin", Batch), ("tiny/readme", [1]), ("tiny/test_batch.bin", TestBatch)];
            foreach (var (name, content) in entries)
                tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(content) });
        }
        var archive = file.ToArray();
        PublishedFile[] files = [new("data_batch_1.bin", Batch.Length), new("test_batch.bin", TestBatch.Length)];
        return (new(
            "tiny",
            Embedded: false,
            "none",
            [new(new("http://127.0.0.1:1/tiny.tar.gz"), Md5(archive), files)],
            path => Cifar10.Training(path).Labels,
            path => Cifar10.Test(path).Labels,
            [2, 2],
            [0, 1]), archive);
    }

#pragma warning disable CA5351
    private static string Md5(byte[] bytes) => Convert.ToHexStringLower(MD5.HashData(bytes));
#pragma warning restore CA5351

    private static byte[] Records(params byte[] labels) =>
        [.. labels.SelectMany((label, i) => Enumerable.Range(0, 3073).Select(j => j == 0 ? label : (byte)(i + j)))];
}
