using Brink.Reports;
using Brink.Runs;

namespace Brink.Lab.Tests;

public sealed class SteeringStudyTests
{
    internal static readonly SteeringStudy Small = SteeringStudy.Default with
    {
        Data = SteeringStudy.Default.Data with { Samples = 60, Pool = 4 },
        Model = new MlpSpec([10], Zoo.Models.Activation.Swish),
        Multiples = [0.5, 20],
        Gradients = 40,
        Seeds = 2,
        MicroBatch = 60,
    };

    [Fact]
    public void Every_policy_is_measured_by_the_best_constant_rate_of_its_seed()
    {
        using var folder = new TemporaryFolder();
        var summary = Run(Small, folder.Path("run"));
        Assert.Equal(RunStatus.Completed, summary.Status);
        using var run = RunReader.Open(summary.Folder);
        var manifest = run.Manifest();
        var results = manifest.Get(SteeringSchema.Results)!;
        Assert.Equal(2 * 9 * 2, results.Count);
        Assert.Equal(2, manifest.Get(SteeringSchema.CriticalRates)!.Count);

        // Twenty times the critical rate loses the constant rate, and not the policy that undoes steps.
        Assert.All(results.Where(one => one is { Policy: "constant", Multiple: 20 }), one => Assert.True(one.Diverged));
        Assert.All(results.Where(one => one is { Policy: "constant", Multiple: 0.5 }), one => Assert.Equal(1, one.RelativeCost));
        Assert.All(results.Where(one => one.Policy.StartsWith("rollback", StringComparison.Ordinal)), one => Assert.False(one.Diverged));
        Assert.All(results.Where(one => one is { Policy: "rollback", Multiple: 20 }), one => Assert.True(one.Undone > 0));
        Assert.All(
            results.Where(one => one is { Policy: "rollback", Multiple: 0.5 }),
            one => Assert.Equal((0, 1.0), (one.Undone, one.RelativeCost)));

        // Everything counts: a policy that measures makes fewer steps.
        var (plain, measured) = (Of("rollback"), Of("cdat"));
        Assert.Equal((40, 39), (plain.Gradients, plain.Steps));
        Assert.True(measured.Steps <= 20, $"{measured.Steps} steps");
        var losses = run.Points(SteeringSchema.Process("cdat", 0.5, 0), SteeringSchema.Loss);
        Assert.Equal(measured.Steps + 1, losses.Count);

        Assert.Equal(StudyReports.Standard.Of(run).FigureNames, Figures.Of(run).Select(figure => figure.Name));
        var story = Story.Of(run);
        Assert.Contains("At a constant rate 2 of 4 trainings diverged.", story, StringComparison.Ordinal);
        Assert.Contains("rollback saved 2 of the 2 that it repeated", story, StringComparison.Ordinal);

        SteeringResult Of(string policy) => results.First(one => one.Policy == policy && one.Multiple == 0.5);
    }

    [Theory, InlineData(SteeringRule.Momentum, null), InlineData(SteeringRule.Adam, 0.01)]
    public void Small_batches_and_other_rules_are_trained(SteeringRule rule, double? rate)
    {
        using var folder = new TemporaryFolder();
        var study = Small with
        {
            Rule = rule,
            LearningRate = rate,
            Batch = 20,
            Policies = ["constant", "rollback", "cdat", "guard"],
            Seeds = 1,
            EvaluateEvery = 5,
        };
        using var run = RunReader.Open(Run(study, folder.Path("run")).Folder);
        var results = run.Manifest().Get(SteeringSchema.Results)!;
        Assert.Equal(8, results.Count);
        Assert.All(results.Where(one => one.Policy == "rollback"), one => Assert.False(one.Diverged));
        Assert.Contains(results, one => one.Undone > 0);
        var first = run.Points(SteeringSchema.Process("constant", 0.5, 0), SteeringSchema.Loss);
        Assert.Equal([0, 5, 10, 15, 20, 25, 30, 35, 40], first.Select(point => point.Step));
        Assert.True(first[^1].Value < first[0].Value);
    }

    [Theory]
    [InlineData("policies=[constant,rollbacks]", "policies: 'rollbacks' is unknown; did you mean 'rollback'?")]
    [InlineData("policies=[cdat,cdat]", "policies: cdat is listed 2 times; list each once")]
    [InlineData("rule=adam", "learning_rate: null; rule=adam has no critical rate before its first step: give the rate")]
    [InlineData("batch=1000", "batch: 1000; it must be at most data.samples, 500")]
    [InlineData("batch=32", "policies: rollback-ritz compares the gradients of one loss; leave out the policy, or set batch=null")]
    [InlineData("multiples=[1,-1]", "multiples[1]: -1; it must be above 0")]
    public void Wrong_settings_are_named(string setting, string message)
    {
        var thrown = Assert.Throws<ExperimentException>(() => ExperimentYaml.With(SteeringStudy.Default, setting));
        Assert.Contains(message, thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_steered_training_runs_next_to_the_trajectories_of_the_paper()
    {
        using var folder = new TemporaryFolder();
        var experiment = Experiment.Small with
        {
            Tracking = Experiment.Small.Tracking with { Steps = 25 },
            Steering = new(["constant", "rollback"], Multiple: 6),
        };
        using (var writer = RunWriter.Create(folder.Path("run")))
        {
            var summary = new EdgeOfStability(experiment, writer, TimeProvider.System).Run("test", null, default);
            Assert.Equal(RunStatus.Completed, summary.Status);
        }
        using var run = RunReader.Open(folder.Path("run"));
        var start = run.Manifest().Get(EdgeSchema.InstabilityStep)!.Value;
        var (loss, rate) = (run.Points("steered-rollback", "loss"), run.Points("steered-rollback", "multiple"));
        Assert.Equal(26, loss.Count);
        Assert.True(loss.Max(point => point.Value) < 1.5 * loss[0].Value + 1e-9, $"loss {loss.Max(point => point.Value)}");
        Assert.Contains(rate, point => point.Value < 1);
        var undone = run.Events().Where(one => one.Kind == SteeringSchema.UndoneEvent).ToArray();
        Assert.NotEmpty(undone);
        Assert.Contains("largest eigenvalues are beyond the edge of 2 (the largest is", undone[0].Message, StringComparison.Ordinal);
        // The other trajectories are those of the run without.
        using (var writer = RunWriter.Create(folder.Path("without")))
            new EdgeOfStability(experiment with { Steering = new([], 1) }, writer, TimeProvider.System).Run("test", null, default);
        using var without = RunReader.Open(folder.Path("without"));
        Assert.Equal(without.Points("gd", "loss"), run.Points("gd", "loss"));
        Assert.Equal(start + 25, run.Points("gd", "loss")[^1].Step);
    }

    private static RunSummary Run(SteeringStudy study, string folder)
    {
        using var writer = RunWriter.Create(folder);
        return new SteeringComparison(study, writer, TimeProvider.System).Run("test", null, default);
    }
}
