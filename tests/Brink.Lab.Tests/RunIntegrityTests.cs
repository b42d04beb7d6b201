using System.IO.Compression;
using Brink.Runs;

namespace Brink.Lab.Tests;

public class RunIntegrityTests
{
    [Fact]
    public void One_process_writes_a_run()
    {
        using var folder = new TemporaryFolder();
        using (var writer = Written(folder.Path("run")))
        {
            Assert.Contains(
                "another process is writing this run",
                Assert.Throws<RunStoreException>(() => RunWriter.Reopen(folder.Path("run"))).Message,
                StringComparison.Ordinal);
            Assert.Throws<RunStoreException>(() => RunFolders.Remove(folder.Path("run")));
            Assert.True(RunVerification.Of(folder.Path("run")).BeingWritten);
        }
        Assert.False(RunVerification.Of(folder.Path("run")).BeingWritten);
        RunWriter.Reopen(folder.Path("run")).Run.Dispose();
        RunFolders.Remove(folder.Path("run"));
        Assert.False(Directory.Exists(folder.Path("run")));
    }

    [Fact, Trait("speed", "slow")]
    public void A_store_locked_by_another_program_is_reported()
    {
        using var folder = new TemporaryFolder();
        Written(folder.Path("run")).Dispose();
        using var other = Connection(folder.Path("run"));
        using var begin = other.CreateCommand();
        begin.CommandText = "BEGIN IMMEDIATE";
        begin.ExecuteNonQuery();
        Assert.Contains(
            "locked by another program",
            Assert.Throws<RunStoreException>(() => RunWriter.Reopen(folder.Path("run"))).Message,
            StringComparison.Ordinal);
        // The lock on the run was released.
        other.Dispose();
        RunWriter.Reopen(folder.Path("run")).Run.Dispose();
    }

    [Fact]
    public void A_run_is_rolled_back_to_its_mark_and_continues_identically()
    {
        using var folder = new TemporaryFolder();
        RunMark mark;
        using (var writer = RunWriter.Create(folder.Path("run")))
        {
            Write(writer, 0, 10);
            mark = writer.Mark();
            Write(writer, 10, 15);
            writer.Add("late", "loss", 3, 1);
            writer.SetRaster(new("late", "plane"), new(1, 1, new(0, 1), new(0, 1), [1]));
            writer.Commit();
        }
        var (again, damage) = RunWriter.Reopen(folder.Path("run"));
        Assert.Null(damage);
        Assert.Null(again.RollBack(mark));
        Write(again, 10, 20);
        again.Mark();
        again.Dispose();
        using (var writer = RunWriter.Create(folder.Path("whole")))
        {
            Write(writer, 0, 20);
            writer.Mark();
        }
        Assert.Equal(CrashImages.Contents(folder.Path("whole")), CrashImages.Contents(folder.Path("run")));
        using var one = RunReader.Open(folder.Path("whole"));
        using var other = RunReader.Open(folder.Path("run"));
        Assert.Empty(one.Mark()!.Differences(other.Mark()!));
        Assert.Empty(other.RasterNames());
    }

    [Theory]
    [InlineData("UPDATE point SET value = value * (1 + 1e-15) WHERE step = 7", "loss of gd has other values")]
    [InlineData("UPDATE point SET value = NULL WHERE step = 2", "loss of gd has other values")]
    [InlineData("DELETE FROM point WHERE step = 4", "loss of gd has 14 points, not 15")]
    [InlineData("DELETE FROM series", "loss of gd is missing")]
    [InlineData("UPDATE curve_point SET y = 2 WHERE i = 1 AND x = 4", "the curve phase of gd at step 4")]
    [InlineData("UPDATE event SET message = 'b'", "the events have changed")]
    [InlineData("UPDATE raster SET x_to = 3", "the raster plane of gd")]
    [InlineData("UPDATE manifest SET value = '\"failed\"' WHERE key = 'status'", "manifest: status has changed")]
    public void A_change_of_a_store_by_another_program_is_detected(string sql, string fault)
    {
        using var folder = new TemporaryFolder();
        Written(folder.Path("run")).Dispose();
        var sound = RunVerification.Of(folder.Path("run"));
        Assert.Empty(sound.Faults);
        Assert.Equal(15 + 45, sound.Points);
        using (var connection = Connection(folder.Path("run")))
        {
            using var command = connection.CreateCommand();
            command.CommandText = "PRAGMA foreign_keys = OFF; " + sql;
            command.ExecuteNonQuery();
        }
        Assert.Contains(RunVerification.Of(folder.Path("run")).Faults, one => one.Contains(fault, StringComparison.Ordinal));
    }

    [Fact]
    public void A_flipped_bit_anywhere_in_a_store_is_detected_or_changes_nothing()
    {
        using var folder = new TemporaryFolder();
        Written(folder.Path("run")).Dispose();
        var whole = CrashImages.Contents(folder.Path("run"));
        var bytes = File.ReadAllBytes(folder.Path("run/run.db"));
        var generator = new Random(4);
        var found = 0;
        const int Flips = 200;
        for (var i = 0; i < Flips; i++)
        {
            var flipped = (byte[])bytes.Clone();
            flipped[generator.Next(bytes.Length)] ^= (byte)(1 << generator.Next(8));
            File.WriteAllBytes(folder.Path("run/run.db"), flipped);
            if (RunVerification.Of(folder.Path("run")).Faults.Count > 0) found++;
            else Assert.Equal(whole, CrashImages.Contents(folder.Path("run")));
        }
        Assert.InRange(found, Flips / 20, Flips);
    }

    [Fact]
    public void A_run_extracted_from_an_archive_equals_the_original()
    {
        using var folder = new TemporaryFolder();
        Written(folder.Path("here/run")).Dispose();
        Directory.CreateDirectory(folder.Path("here/run/figures"));
        File.WriteAllText(folder.Path("here/run/figures/a.svg"), "<svg/>");
        RunArchive.Write(folder.Path("here/run"), folder.Path("run.zip"));
        var there = RunArchive.Read(folder.Path("run.zip"), folder.Path("there"), null);
        Assert.Equal(folder.Path("there/run"), there);
        Assert.Equal(CrashImages.Contents(folder.Path("here/run")), CrashImages.Contents(there));
        Assert.Equal("<svg/>", File.ReadAllText(folder.Path("there/run/figures/a.svg")));
        Assert.Contains(
            "exists already",
            Assert.Throws<RunStoreException>(() => RunArchive.Read(folder.Path("run.zip"), folder.Path("there"), null)).Message,
            StringComparison.Ordinal);
        Assert.Equal(folder.Path("other"), RunArchive.Read(folder.Path("run.zip"), folder.Path("there"), folder.Path("other")));

        // The run may be in progress.
        using (var writer = Written(folder.Path("running")))
        {
            Write(writer, 15, 20);
            RunArchive.Write(folder.Path("running"), folder.Path("running.zip"));
        }
        using var reader = RunReader.Open(RunArchive.Read(folder.Path("running.zip"), folder.Path("there"), null));
        Assert.Equal(15, reader.Points("gd", "loss").Count);
    }

    [Theory]
    [InlineData("../evil.txt", "is outside the folder")]
    [InlineData("/tmp/brink-evil.txt", "is outside the folder")]
    [InlineData("a/../../evil.txt", "is outside the folder")]
    [InlineData("..\\evil.txt", "is outside the folder")]
    [InlineData("C:/evil.txt", "is outside the folder")]
    public void Nothing_is_written_outside_the_folder(string name, string message)
    {
        using var folder = new TemporaryFolder();
        Written(folder.Path("run")).Dispose();
        RunArchive.Write(folder.Path("run"), folder.Path("run.zip"));
        using (var zip = ZipFile.Open(folder.Path("run.zip"), ZipArchiveMode.Update))
        {
            using (var evil = new StreamWriter(zip.CreateEntry($"run/{name}").Open())) evil.Write("evil");
            var list = zip.GetEntry("run/SHA256SUMS")!;
            using var text = new StreamWriter(list.Open());
            text.BaseStream.Seek(0, SeekOrigin.End);
            text.Write($"{Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData("evil"u8))}  {name}\n");
        }
        Assert.Contains(
            message,
            Assert.Throws<RunStoreException>(() => RunArchive.Read(folder.Path("run.zip"), folder.Path("there"), null)).Message,
            StringComparison.Ordinal);
        Assert.False(Path.Exists(folder.Path("there")));
        Assert.False(File.Exists(folder.Path("evil.txt")));
    }

    [Fact]
    public void A_damaged_archive_leaves_no_files()
    {
        using var folder = new TemporaryFolder();
        Written(folder.Path("run")).Dispose();
        RunArchive.Write(folder.Path("run"), folder.Path("run.zip"));
        var bytes = File.ReadAllBytes(folder.Path("run.zip"));
        var generator = new Random(2);
        var refused = 0;
        for (var i = 0; i < 60; i++)
        {
            var damaged = (byte[])bytes.Clone();
            damaged[generator.Next(bytes.Length)] ^= (byte)(1 << generator.Next(8));
            if (i % 3 == 0) damaged = damaged[..generator.Next(bytes.Length)];
            File.WriteAllBytes(folder.Path("damaged.zip"), damaged);
            try
            {
                // A changed bit outside the contents, such as in the time of a file.
                Directory.Delete(
                    RunArchive.Read(folder.Path("damaged.zip"), folder.Path("there"), folder.Path("there/run")), recursive: true);
            }
            catch (RunStoreException)
            {
                refused++;
            }
            if (Directory.Exists(folder.Path("there"))) Assert.Empty(Directory.EnumerateFileSystemEntries(folder.Path("there")));
        }
        Assert.InRange(refused, 40, 60);
    }

    [Fact]
    public void Disposing_a_run_twice_is_harmless()
    {
        using var folder = new TemporaryFolder();
        Written(folder.Path("run")).Dispose();
        var run = RunWriter.Reopen(folder.Path("run")).Run;
        run.Dispose();
        run.Dispose();
        Assert.Empty(RunVerification.Of(folder.Path("run")).Faults);
    }

    [Fact]
    public void The_checksums_of_saved_parameters_are_verified()
    {
        using var folder = new TemporaryFolder();
        var smoke = Presets.Named("smoke").Experiment;
        var brief = smoke with { LearningRate = 0.001, Descent = smoke.Descent with { MaxSteps = 5 } };
        using (var writer = RunWriter.Create(folder.Path("run")))
            new EdgeOfStability(brief, writer, TimeProvider.System).Run("test", null, default);
        var file = folder.Path("run/parameters.safetensors");
        Assert.Empty(RunVerification.Of(folder.Path("run")).Faults);
        var bytes = File.ReadAllBytes(file);
        bytes[^3] ^= 1;
        File.WriteAllBytes(file, bytes);
        Assert.StartsWith(
            "parameters.safetensors has changed since it was written",
            Assert.Single(RunVerification.Of(folder.Path("run")).Faults),
            StringComparison.Ordinal);
        File.Delete(file);
        Assert.Equal("parameters.safetensors is missing", Assert.Single(RunVerification.Of(folder.Path("run")).Faults));
        // A manifest without checksums requires no such file.
        Written(folder.Path("other")).Dispose();
        File.WriteAllText(folder.Path("other/parameters.safetensors"), "");
        Assert.Empty(RunVerification.Of(folder.Path("other")).Faults);
    }

    [Fact]
    public async Task A_checkpoint_that_is_removed_during_the_verification_is_not_a_fault()
    {
        using var folder = new TemporaryFolder();
        using var writer = Written(folder.Path("run"));
        using var done = new CancellationTokenSource();
        var writing = Task.Run(() =>
        {
            var state = new Algebra.Snapshot();
            while (!done.IsCancellationRequested) new Checkpoint("edge", state, RunMark.Empty, 0).Write(folder.Path("run"));
        }, TestContext.Current.CancellationToken);
        for (var i = 0; i < 300; i++) Assert.Empty(RunVerification.Of(folder.Path("run")).Faults);
        await done.CancelAsync();
        await writing;
    }

    [Fact]
    public void An_archive_takes_no_more_space_than_it_states_and_than_is_free()
    {
        using var folder = new TemporaryFolder();
        Written(folder.Path("run")).Dispose();
        const int Files = 3000;
        for (var i = 0; i < Files; i++) File.WriteAllBytes(folder.Path($"run/zeros{i:d4}"), new byte[2000]);
        RunArchive.Write(folder.Path("run"), folder.Path("run.zip"));
        // Each file states a size of 4 GB.
        Refused(Files, uint.MaxValue - 1, "MB when extracted, and the disk has");
        // Only the stated size is extracted, whose checksum is wrong.
        Refused(1, 1000, "zeros0000 is damaged");
        Assert.Contains(
            "is a folder",
            Assert.Throws<RunStoreException>(() => RunArchive.Read(folder.Path("run"), folder.Path("there"), null)).Message,
            StringComparison.Ordinal);

        // The directory of the archive contains the size of a file 22 bytes before its name.
        void Refused(int files, uint size, string message)
        {
            var bytes = File.ReadAllBytes(folder.Path("run.zip"));
            for (var i = 0; i < files; i++)
            {
                var name = bytes.AsSpan().LastIndexOf(System.Text.Encoding.ASCII.GetBytes($"run/zeros{i:d4}"));
                System.Buffers.Binary.BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(name - 22), size);
            }
            File.WriteAllBytes(folder.Path("false.zip"), bytes);
            var refusal =
                Assert.Throws<RunStoreException>(() => RunArchive.Read(folder.Path("false.zip"), folder.Path("there"), null)).Message;
            Assert.Contains(message, refusal, StringComparison.Ordinal);
            Assert.False(Directory.Exists(folder.Path("there")) && Directory.EnumerateFileSystemEntries(folder.Path("there")).Any());
        }
    }

    [Fact]
    public void Durations_are_positive_when_the_clock_goes_back()
    {
        using var folder = new TemporaryFolder();
        var smoke = Presets.Named("smoke").Experiment;
        var brief = smoke with { LearningRate = 0.001, Descent = smoke.Descent with { MaxSteps = 5 } };
        using var writer = RunWriter.Create(folder.Path("run"));
        var summary = new EdgeOfStability(brief, writer, new FallingClock(), CheckpointPace.Always).Run("test", null, default);
        Assert.Equal(RunStatus.Stable, summary.Status);
        Assert.InRange(summary.Seconds, 1e-3, 600);
    }

    private sealed class FallingClock : TimeProvider
    {
        private DateTimeOffset _now = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => _now -= TimeSpan.FromHours(1);
    }

    private static RunWriter Written(string folder)
    {
        var writer = RunWriter.Create(folder);
        writer.SetManifest("status", "completed");
        Write(writer, 0, 15);
        writer.AddEvent(3, "kind", "a");
        writer.SetRaster(new("gd", "plane"), new(2, 1, new(0, 1), new(0, 1), [1, double.NaN]));
        writer.Mark();
        return writer;
    }

    private static void Write(RunWriter writer, int from, int to)
    {
        for (var step = from; step < to; step++)
        {
            writer.Add("gd", "loss", step, 1.0 / (step + 3));
            for (var i = 0; i < 3; i++) writer.AddToCurve("gd", "phase", step % 5, step, i);
        }
    }

    private static Microsoft.Data.Sqlite.SqliteConnection Connection(string run)
    {
        var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={run}/run.db;Pooling=False");
        connection.Open();
        return connection;
    }
}
