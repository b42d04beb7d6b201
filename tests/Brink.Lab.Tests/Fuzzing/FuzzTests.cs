using System.Diagnostics;
using System.Globalization;
using FsCheck;
using FsCheck.Fluent;

namespace Brink.Lab.Tests.Fuzzing;

/// <summary>Every reader of a damaged file returns a correct result or throws the documented exception with one line; it throws
/// no other exception, does not hang, and uses memory in proportion to the file.</summary>
/// <remarks>BRINK_FUZZ_INPUTS is the number of files for each reader, BRINK_FUZZ_SEED their seed
/// (docs/guide/reliability.md).</remarks>
public class FuzzTests
{
    private const int UsualInputs = 4000;
    private const long FixedMemory = 8L << 20, MemoryOfAByte = 256;   // bytes
    private const int LongestMessage = 1000;

    // Thousands of times the duration for a file of some kilobytes: other processes may use the machine.
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(20);

    public static TheoryData<string> Names => [.. FuzzedReaders.All.Select(reader => reader.Name)];

    [Theory, MemberData(nameof(Names))]
    public void A_damaged_file_gives_a_correct_result_or_the_documented_error(string name)
    {
        var reader = FuzzedReaders.All.Single(reader => reader.Name == name);
        using var folder = new TemporaryFolder();
        // A separate folder, so that files unpacked outside it are noticed.
        var place = Directory.CreateDirectory(folder.Path("in"));
        var path = Path.Combine(place.FullName, reader.FileName);
        var config = Config.QuickThrowOnFailure
            .WithMaxTest(Setting("BRINK_FUZZ_INPUTS", UsualInputs))
            .WithReplay((ulong)Setting("BRINK_FUZZ_SEED", 1), 1)
            .WithQuietOnSuccess(true);
        Prop.ForAll(DamagedFile.Any, file => Holds(reader, file.Bytes(reader.Valid, reader.Tokens), path)).Check(config);
        Assert.Equal([place.FullName], Directory.GetFileSystemEntries(folder.Path("")));
    }

    [Theory, MemberData(nameof(Names))]
    public void Valid_files_are_read(string name)
    {
        var reader = FuzzedReaders.All.Single(reader => reader.Name == name);
        using var folder = new TemporaryFolder();
        foreach (var valid in reader.Valid)
        {
            using var scope = NewDisposeScope();
            File.WriteAllBytes(folder.Path(reader.FileName), reader.Packed(valid));
            reader.Read(folder.Path(reader.FileName));
        }
    }

    /// <summary>Checks a reader on one file. The file is written before it is read, so that it remains after a hang or a
    /// crash.</summary>
    private static void Holds(FuzzedReader reader, byte[] damaged, string path)
    {
        File.WriteAllBytes(path, reader.Packed(damaged));
        using var scope = NewDisposeScope();
        var (started, allocated, native) = (Stopwatch.GetTimestamp(), GC.GetAllocatedBytesForCurrentThread(), 0L);
        try
        {
            native = reader.Read(path);
        }
        catch (Exception e) when (e.GetType() == reader.Refusal)
        {
            Assert.True(e.Message.IndexOfAny(['\n', '\r']) < 0, $"more than one line: {e.Message}");
            Assert.True(e.Message.Length < LongestMessage, $"a message of {e.Message.Length} characters");
            Assert.Contains(path, e.Message, StringComparison.Ordinal);
        }
        var memory = GC.GetAllocatedBytesForCurrentThread() - allocated + native;
        Assert.True(
            memory <= FixedMemory + (MemoryOfAByte * damaged.Length), $"{memory:N0} bytes of memory for {damaged.Length:N0} of the file");
        Assert.True(Stopwatch.GetElapsedTime(started) < Longest, $"{Stopwatch.GetElapsedTime(started)}");
    }

    private static int Setting(string name, int usual) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : usual;
}
