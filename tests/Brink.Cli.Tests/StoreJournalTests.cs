namespace Brink.Cli.Tests;

/// <summary>Run stores with a rollback journal, as on a network file system.</summary>
public class StoreJournalTests
{
    private static readonly (string, string)[] Rollback = [("BRINK_JOURNAL", "rollback")];

    [Fact]
    public void A_run_with_a_rollback_journal_is_read_while_it_is_written()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "signals");
        using var brink = new BrinkProgram();
        using (var process = brink.Start(Rollback, "run", "smoke", "--set", "tracking.steps=100000", "--checkpoint-every", "0"))
        {
            // Readers do not stop the writer, nor the writer them.
            var sizes = new List<int>();
            process.Await(() =>
            {
                var export = Export(brink, "smoke");
                if (export.Contains("gd,distance,", StringComparison.Ordinal)) sizes.Add(export.Length);
                return sizes.Count == 3;
            });
            Assert.Equal(3, sizes.Distinct().Count());
            Assert.Equal(sizes.Order(), sizes);
            Assert.False(File.Exists(brink.Path("runs/smoke/run.db-wal")));
            Assert.Equal("running", brink.Run("runs", "show", "smoke", "--json").Json.GetProperty("status").GetString());
            process.Send("TERM");
            Assert.Equal(1, BrinkProgram.Ended(process).Code);
        }
        Assert.Equal(0, brink.Run("runs", "verify", "smoke").Code);
    }

    [Fact]
    public void A_killed_run_with_a_rollback_journal_resumes()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "a kill is SIGKILL");
        using var brink = new BrinkProgram();
        using (var process = brink.Start(Rollback, "run", "smoke", "--set", "tracking.steps=60", "--checkpoint-every", "0"))
        {
            process.Await(() => Directory.Exists(brink.Path("runs/smoke/checkpoints")));
            process.Kill();
            process.Ended();
        }
        // Continued with the other journal: a store belongs to neither.
        Assert.Equal(0, brink.Run("resume", "smoke").Code);
        Assert.Equal(0, brink.Run("run", "smoke", "--set", "tracking.steps=60", "--out", "whole").Code);
        Assert.Equal(Export(brink, "whole"), Export(brink, "smoke"));
    }

    [Fact]
    public void Doctor_says_which_journal_stores_have()
    {
        using var brink = new BrinkProgram();
        Assert.Contains("rollback journal, one writer", brink.Run(Rollback, "doctor").Output, StringComparison.Ordinal);
        var journal = brink.Run("doctor", "--json").Json.GetProperty("journal");
        Assert.NotEqual("", journal.GetProperty("file_system").GetString());
        Assert.NotEqual(journal.GetProperty("is_network").GetBoolean(), journal.GetProperty("is_log").GetBoolean());
        var wrong = brink.Run([("BRINK_JOURNAL", "none")], "run", "smoke");
        Assert.Equal(2, wrong.Code);
        Assert.Contains("BRINK_JOURNAL is 'none'; it must be wal or rollback", wrong.ErrorLine, StringComparison.Ordinal);
    }

    private static string Export(BrinkProgram brink, string run) => brink.Run("runs", "export", run).Output;
}
