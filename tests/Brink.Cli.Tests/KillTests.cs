using System.Text.Json;

namespace Brink.Cli.Tests;

/// <summary>A run that is killed repeatedly has the same numbers as a run that is not interrupted.</summary>
public class KillTests
{
    private static readonly int Kills =
        int.Parse(Environment.GetEnvironmentVariable("BRINK_KILLS") ?? "50", System.Globalization.CultureInfo.InvariantCulture);

    [Fact, Trait("speed", "slow")]
    public void Fifty_kills_at_random_moments_lose_nothing()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "a kill is SIGKILL");
        using var brink = new BrinkProgram();
        string[] experiment =
            ["run", "smoke", "--set", "tracking.steps=500", "--set", "tracking.sharpness_every=2", "--set", "tracking.theory_every=20"];
        Assert.Equal(0, brink.Run([.. experiment, "--out", "whole"]).Code);
        var whole = Contents(brink, "whole");
        var generator = new Random(20261124);
        var (kills, runs) = (0, 0);
        while (kills < Kills)
        {
            var name = $"killed-{runs++}";
            var arguments = (string[])[.. experiment, "--out", name, "--checkpoint-every", "0"];
            // Resumes until the run is complete.
            while (Killed(brink, arguments, generator.NextDouble()))
            {
                kills++;
                if (!File.Exists(brink.Path($"{name}/experiment.yaml")))
                {
                    // The kill came before the run could be resumed.
                    if (Directory.Exists(brink.Path(name))) Directory.Delete(brink.Path(name), recursive: true);
                    continue;
                }
                if (kills % 5 == 0) Assert.Equal(0, brink.Run("runs", "verify", name).Code);
                arguments = ["resume", name, "--checkpoint-every", "0"];
            }
            Assert.Equal(whole, Contents(brink, name));
            Assert.Equal(0, brink.Run("runs", "verify", name).Code);
        }
        TestContext.Current.TestOutputHelper!.WriteLine($"{kills} kills of {runs} runs: all numbers are equal");
    }

    /// <summary>Returns false if the program ended before it was killed.</summary>
    private static bool Killed(BrinkProgram brink, string[] arguments, double random)
    {
        using var process = brink.Start([], arguments);
        if (process.EndsWithin(TimeSpan.FromSeconds(0.2 + (4.8 * random))))
        {
            // The previous kill may have come after the last number, while the page was written.
            var (code, output, error) = process.Ended();
            var wasComplete = error.Contains("completed; there is nothing to resume", StringComparison.Ordinal);
            Assert.True(code == 0 || wasComplete, output + error);
            return false;
        }
        process.Kill();
        process.Ended();
        return true;
    }

    private static string Contents(BrinkProgram brink, string run)
    {
        var document = JsonDocument.Parse(brink.Run("runs", "export", run, "--json").Output).RootElement;
        var manifest = document.GetProperty("manifest")
            .EnumerateObject()
            .Where(one => one.Name is not ("name" or "started" or "seconds" or "peak_memory_mb" or "resumed"));
        return brink.Run("runs", "export", run, "--format", "csv").Output
            + brink.Run("runs", "export", run, "--format", "curves").Output
            + document.GetProperty("events").GetRawText()
            + string.Join('\n', manifest.Select(one => $"{one.Name} {one.Value.GetRawText()}"));
    }
}
