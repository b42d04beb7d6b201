using Brink.Runs;

namespace Brink.Lab.Tests;

/// <summary>The escape study: its slopes, its checks, and its reproducibility.</summary>
public class EscapeStudyTests
{
    [Fact]
    public void A_slope_is_the_exponent_and_its_interval_contains_it()
    {
        var random = new Random(3);
        (double, IReadOnlyList<double>)[] exact =
            [.. new[] { 2.0, 4, 8, 16 }.Select(x => (x, (IReadOnlyList<double>)[5 * Math.Pow(x, 2.5)]))];
        var slope = LogLogSlope.Of(exact, 1);
        Assert.Equal(2.5, slope.Value!.Value, 1e-12);
        Assert.Equal(Math.Log(5), slope.Offset, 1e-12);
        (double, IReadOnlyList<double>)[] noisy =
        [
            .. new[] { 2.0, 4, 8, 16 }.Select(x =>
                (x, (IReadOnlyList<double>)[.. Enumerable.Range(0, 15).Select(_ => Math.Pow(x, 2) * Math.Exp(random.NextDouble() - 0.5))])),
        ];
        slope = LogLogSlope.Of(noisy, 1);
        Assert.InRange(2, slope.Low!.Value, slope.High!.Value);
        Assert.InRange(slope.High!.Value - slope.Low!.Value, 0.05, 0.8);
        // Runs that did not end are left out of the fit; one point is not enough for a slope.
        var mixed = exact.Select((point, i) => i == 0 ? (point.Item1, (IReadOnlyList<double>)[double.PositiveInfinity]) : point).ToArray();
        Assert.Equal(2.5, LogLogSlope.Of(mixed, 1).Value!.Value, 1e-12);
        Assert.Null(LogLogSlope.Of(exact[..1], 1).Value);
    }

    [Fact]
    public void A_study_is_reproduced_by_its_seed_and_only_sgd_stays_at_the_saddle()
    {
        var study = new EscapeStudy("phase", [0.1, 0.05], Seeds: 2, Seed: 5);
        var (report, again) = (study.Run(), study.Run());
        Assert.Equal(Calls(report), Calls(again));
        Assert.NotEqual(Calls(report), Calls((study with { Seed = 6 }).Run()));
        foreach (var result in report.Results)
        {
            var certified = result.Points.SelectMany(point => point.Calls).Count(double.IsFinite);
            Assert.Equal(result.Method == "sgd" ? 0 : result.Points.Sum(point => point.Calls.Count), certified);
        }
        Assert.Equal(report.Results.Sum(result => result.Points.Sum(point => point.Calls.Count)), report.Runs);

        static double[] Calls(EscapeReport report) =>
            [.. report.Results.SelectMany(result => result.Points).SelectMany(point => point.Calls)];
    }

    [Fact]
    public void A_killed_study_resumes_to_the_same_counts()
    {
        var study = new EscapeStudy("phase", [0.2, 0.1], Seeds: 2, Seed: 5);
        using var folder = new TemporaryFolder();
        using (var writer = RunWriter.Create(folder.Path("whole")))
        {
            var run = new EscapeRun(study, writer, TimeProvider.System, CheckpointPace.Always);
            Assert.Equal(RunStatus.Completed, run.Run("escape", progress =>
            {
                if (progress.Done is 1 or 6) CrashImages.Take(folder.Path("whole"), folder.Path($"killed-{progress.Done}"));
            }, default).Status);
        }
        foreach (var name in new[] { "killed-1", "killed-6" })
        {
            var before = 0.0;
            using (var resumption = Resumption.Of(folder.Path(name)))
            {
                before = resumption.From!.State.Numbers("counts").Length;
                resumption.Continue(null, null, default);
            }
            Assert.Equal(name == "killed-1" ? 1 : 6, before);
            Assert.Equal(CrashImages.Contents(folder.Path("whole")), CrashImages.Contents(folder.Path(name)));
        }
    }

    [Fact, Trait("speed", "slow")]
    public void On_the_chain_the_exponents_are_those_of_the_theory()
    {
        var report = (EscapeStudy.Default with { Epsilons = [0.05, 0.025, 0.0177], Seeds = 3 }).Run();
        foreach (var result in report.Results.Where(result => result is { Theory: not null, Against: "1/eps" }))
            Assert.InRange(result.Slope.Value!.Value, result.Theory!.Value - 0.25, result.Theory.Value + 0.25);
    }

    [Theory]
    [InlineData("chains", new[] { 0.1, 0.05 }, 3, "problem: 'chains' is unknown; did you mean 'chain'?")]
    [InlineData("chain", new[] { 0.1, 0.0 }, 3, "epsilons: 0; it must be between 1e-4 and 1")]
    [InlineData("chain", new[] { 0.25, 0.1 }, 3, "epsilons: epsilon 0.25 is too large for 2 saddles, a decrease of 2")]
    [InlineData("phase", new[] { 0.1, 0.1 }, 3, "epsilons: [0.1, 0.1]; a slope needs at least two different values")]
    [InlineData("phase", new[] { 0.1, 0.2 }, 0, "seeds: 0; it must be between 1 and 1000")]
    public void Invalid_studies_are_refused_in_one_line(string problem, double[] epsilons, int seeds, string message)
    {
        var e = Assert.Throws<ExperimentException>(() => new EscapeStudy(problem, epsilons, seeds, 0).Run());
        Assert.StartsWith(message, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_interrupted_study_reports_its_complete_methods()
    {
        using var cancel = new CancellationTokenSource();
        var report = new EscapeStudy("phase", [0.1, 0.05], Seeds: 1, Seed: 5).Run(
            progress => { if (progress.Phase.StartsWith("scrn", StringComparison.Ordinal)) cancel.Cancel(); }, cancel.Token);
        Assert.True(report.Interrupted);
        Assert.Equal(["psgd", "psgd-rest"], report.Results.Select(result => result.Method));
    }
}
