namespace Brink.Cli.Tests;

/// <summary>Branches of runs, compared with the runs.</summary>
public class ForkTests
{
    private const int Tracked = 30;

    private static readonly string[] Parent =
        ["run", "smoke", "--set", $"tracking.steps={Tracked}", "--set", "tracking.theory_every=10", "--out", "parent"];

    [Fact]
    public void A_control_has_the_numbers_of_its_parent_and_another_branch_those_up_to_the_fork()
    {
        using var brink = new BrinkProgram();
        Assert.Equal(0, brink.Run(Parent).Code);
        var edge = brink.Run("runs", "show", "parent", "--json").Json.GetProperty("instability_step").GetInt32();
        var whole = brink.Run("runs", "export", "parent").Output;
        // At the first state at the edge, at a later one, and at the last.
        foreach (var at in new[] { edge, edge + 13, edge + Tracked })
        {
            var control = brink.Run("fork", "parent", "--at", $"{at}", "--json");
            Assert.Equal(0, control.Code);
            Assert.Contains("all numbers are the same, to the last bit", control.ErrorLine, StringComparison.Ordinal);
            Assert.Equal(whole, brink.Run("runs", "export", $"parent-at-{at}").Output);
        }
        var fork = edge + 13;
        var branch = brink.Run("fork", "parent", "--at", $"{fork}", "--set", "learning_rate=0.05", "--out", "branch");
        Assert.Equal((0, ""), (branch.Code, branch.Error));
        var manifest = brink.Run("runs", "show", "branch", "--json").Json;
        var origin = manifest.GetProperty("forked_from");
        Assert.Equal((fork, "learning_rate=0.05"), (origin.GetProperty("step").GetInt32(), origin.GetProperty("settings")[0].GetString()));
        Assert.Equal(brink.Path("parent"), origin.GetProperty("folder").GetString());
        Assert.Equal(2 / 0.05, manifest.GetProperty("threshold").GetDouble(), 1e-9);
        var (before, after) = (Losses(whole), Losses(brink.Run("runs", "export", "branch").Output));
        Assert.Equal(before.Keys, after.Keys);
        // The step from the fork is the first with the new learning rate.
        Assert.All(before.Keys.Where(step => step <= fork), step => Assert.Equal(before[step], after[step]));
        Assert.All(before.Keys.Where(step => step > fork), step => Assert.NotEqual(before[step], after[step]));
        Assert.Equal(0, brink.Run("runs", "verify", "branch").Code);
        Assert.Equal(0, brink.Run("report", "parent", "branch", "--out", "both.html").Code);
    }

    [Fact]
    public void A_branch_starts_from_a_checkpoint_of_an_interrupted_parent_and_can_be_interrupted_itself()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "signals");
        using var brink = new BrinkProgram();
        using (var process = brink.Start([], "run", "smoke", "--set", "tracking.steps=100000", "--out", "parent"))
        {
            process.Await(() => brink.Run("runs", "export", "parent").Output.Contains("gd,distance,", StringComparison.Ordinal));
            process.Send("TERM");
            Assert.Equal(1, BrinkProgram.Ended(process).Code);
        }
        var whole = Losses(brink.Run("runs", "export", "parent").Output);
        var last = whole.Keys.Max();
        string[] fork =
            ["fork", "parent", "--at", $"{last}", "--set", "weight_decay=0.001", "--set", "tracking.steps=100000", "--out", "branch"];
        using (var process = brink.Start([], fork))
        {
            process.Await(() => File.Exists(brink.Path("branch/run.db")) && Last() > last);
            process.Send("TERM");
            Assert.Equal(1, BrinkProgram.Ended(process).Code);
        }
        var branch = Losses(brink.Run("runs", "export", "branch").Output);
        Assert.All(whole.Keys.Where(step => step < last), step => Assert.Equal(whole[step], branch[step]));
        // The checkpoint of the branch belongs to its experiment: it can be resumed.
        using var resumed = brink.Start([], "resume", "branch");
        var reached = branch.Keys.Max();
        resumed.Await(() => Last() > reached);
        resumed.Send("TERM");
        Assert.Contains("interrupted", BrinkProgram.Ended(resumed).ErrorLine, StringComparison.Ordinal);

        long Last() => Losses(brink.Run("runs", "export", "branch").Output).Keys.Max();
    }

    [Fact]
    public void A_step_or_a_setting_that_a_branch_cannot_have_is_refused()
    {
        using var brink = new BrinkProgram();
        Assert.Equal(0, brink.Run(Parent).Code);
        var edge = brink.Run("runs", "show", "parent", "--json").Json.GetProperty("instability_step").GetInt32();
        AssertRefused("the run parent has steps 0 to", "--at", "99999");
        AssertRefused("steps 0 to", "--at", "-1");
        AssertRefused("a branch has the data of its parent", "--at", $"{edge}", "--set", "data.samples=50");
        AssertRefused("a branch has the seed of its parent", "--at", $"{edge}", "--set", "seed=3");
        AssertRefused("learning_rat: no such key; did you mean 'learning_rate'?", "--at", $"{edge}", "--set", "learning_rat=3");
        // The descent can be branched at its checks, of which the first are far apart.
        AssertRefused("the next step where it can is ", "--at", "1", "--set", "learning_rate=0.05");
        Directory.CreateDirectory(brink.Path("mine"));
        File.WriteAllText(brink.Path("mine/file"), "");
        AssertRefused("exists already", "--at", $"{edge}", "--out", "mine");
        Assert.Empty(Directory.EnumerateFileSystemEntries(brink.Path("runs")));

        void AssertRefused(string message, params string[] arguments)
        {
            var result = brink.Run(["fork", "parent", .. arguments]);
            Assert.Equal((2, ""), (result.Code, result.Output));
            Assert.Contains(message, result.ErrorLine, StringComparison.Ordinal);
        }
    }

    /// <summary>The losses of gradient descent by step, as text.</summary>
    private static Dictionary<long, string> Losses(string csv) => csv.Split('\n')
        .Select(line => line.Split(','))
        .Where(cells => cells is ["gd", "loss", _, _])
        .ToDictionary(cells => long.Parse(cells[2], System.Globalization.CultureInfo.InvariantCulture), cells => cells[3]);
}
