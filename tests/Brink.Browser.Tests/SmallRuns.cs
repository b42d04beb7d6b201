using Brink.Games;
using Brink.Lab;
using Brink.Landscapes;
using Brink.Monitoring;
using Brink.Runs;
using Brink.Zoo.Games;
using Brink.Zoo.Models;

namespace Brink.Browser.Tests;

/// <summary>A run of every kind but BNP, whose smallest takes 20 seconds and which has a stored run, as small as one can be; and runs
/// whose values are hard to draw.</summary>
internal static class SmallRuns
{
    private static readonly Experiment Edge =
        Experiment.Small with { Tracking = Experiment.Small.Tracking with { Steps = 40, TheoryEvery = 20 } };

    private static readonly SpeedStudy Speed = ((SpeedStudy)Presets.Named("speed/mlp-fashion-mnist").Study) with
    {
        Data = ((SpeedStudy)Presets.Named("speed/mlp-fashion-mnist").Study).Data with { Samples = 60, Pool = 4 },
        Model = new MlpSpec([10], Activation.Tanh),
        // The first of them diverges.
        LearningRates = [50, 0.1, 0.4],
        Steps = 10,
        EvaluateEvery = 4,
        SharpnessSamples = 30,
        MicroBatch = 25,
    };

    private static readonly SteeringStudy Steering = SteeringStudy.Default with
    {
        Data = SteeringStudy.Default.Data with { Samples = 60, Pool = 4 },
        Model = new MlpSpec([10], Activation.Swish),
        // The constant rate diverges from the last of them.
        Multiples = [0.5, 1, 20],
        Gradients = 20,
        MicroBatch = 60,
    };

    private static readonly GanTrial Gans = new(Width: 8, Depth: 1, Latent: 4, Batch: 32, Steps: 6, Seeds: 1);

    public static IReadOnlyList<(string Name, Action<string> Make)> All { get; } =
    [
        Written("edge", run => Run(Edge, run)),
        Written("edge-steered", run => Run(Edge with { Steering = new(["rollback"], Multiple: 4) }, run)),
        Written("speed", run => Run(Speed, run)),
        Written("steering", run => Run(Steering, run)),
        Written("escape", run => Run(new EscapeStudy("phase", [0.2, 0.1], Seeds: 2, Seed: 5), run)),
        Written("games-train", run => Run(
            new GameTraining(Epochs: 2, Batch: 4, Hidden: 4, Reach: 2, ValidateEvery: 1, ValidationGames: 1), run)),
        Written("games-train-gan", run => Run(
            new GanTraining(
                Width: 4, Depth: 1, Latent: 2, Samples: 8, Batch: 2, Epochs: 2, LevelEpochs: 2, LongestHorizon: 20,
                Hidden: 4, ValidateEvery: 1, ValidationGans: 1, ValidationSteps: 5),
            run)),
        Written("games-train-rule", run => Run(
            new GanEvolution(
                Steps: 3, Pairs: 2, Truncation: 4, Horizon: 12, Width: 4, Latent: 2, Batch: 8, MeasureEvery: 2, Measured: 16),
            run)),
        Written("games-gan", run => new GanComparison(Gans).Run(
            run,
            "gan",
            [.. ClassicRule.Names.Select(name => GanSolver.Of(ClassicRule.Found(name))), GanSolver.Learned("gan", Gans, 1)],
            null)),
        Written("games-solve", run => new GameComparison(ClassicGames.Named("bilinear")!, 0.5, 0.5, 0.3).Run(
            run, "bilinear", [("learned", ShippedOptimizers.Find("two-player"))])),
        Written("games-evaluate", Evaluate),
        Written("inspect", Inspect),
        ("monitor", Monitor),
        Written("landscape", run => Descend(run, "minimalist", 0.2)),
        Written("landscape-diverged", run => Descend(run, "self-stabilization", 0.5)),
        Written("magnitudes", Magnitudes),
        Written("plain", Plain),
        Written("empty", run => run.SetManifest("kind", EdgeSchema.Kind)),
    ];

    private static (string Name, Action<string> Make) Written(string name, Action<RunWriter> make) => (name, folder =>
    {
        using var run = RunWriter.Create(folder);
        make(run);
    }
    );

    private static void Run(Study study, RunWriter run) =>
        StudyKinds.Standard.Of(study, run, CheckpointPace.Usual).Run(study.Kind, null, default);

    private static void Evaluate(RunWriter run)
    {
        using var scope = NewDisposeScope();
        var test = new ConvergenceTest();
        var evaluation = GameEvaluation.Of("stable", test, starts: 1);
        GameEvaluation.Write(
            run, "stable", "two-player on stable", test.Rule, evaluation.Run(ShippedOptimizers.Find("two-player")),
            [new("gradient descent", 0.3, 61.5, 17), new("extragradient", 0.5, 48.25, 20)]);
    }

    private static void Inspect(RunWriter run)
    {
        using var scope = NewDisposeScope();
        using var problem = new Problem(Edge);
        var theta = problem.Initial();
        var report = new Inspection(Probes: 2, Steps: 20, TraceProducts: 10).At(
            problem.Objective(ScalarType.Float64), theta, [("all", theta.shape[0])]);
        InspectionRecord.Write(
            run, "inspect", new Dictionary<string, string>(StringComparer.Ordinal) { ["model"] = "a small network" }, report, seconds: 1);
    }

    private static void Monitor(string folder)
    {
        using var record = new MonitorRecord(folder);
        for (var step = 0; step < 200; step += 10)
        {
            var effective = step == 70 ? 0 : 1.4 + (0.01 * step);
            record.Add(new(
                step, 1.0 / (1 + step), 0.1, effective * 10, effective, [0.5, -0.25], 0.03, 2,
                effective > 2 ? StabilityVerdict.AtTheEdge : StabilityVerdict.Sharpening,
                4, step % 50 != 20, 0.05)
            {
                WarmUpTarget = 0.2,
                Advice = StepAdvice.For(effective * 10, double.NaN),
            });
        }
    }

    private static void Descend(RunWriter run, string name, double learningRate)
    {
        var landscape = LandscapeCatalog.All.Single(one => one.Name == name);
        new LandscapeStudy(landscape, learningRate, landscape.Start(learningRate), MaxSteps: 2000).Run(run);
    }

    /// <summary>The model of the four stages at a learning rate that is too large for it: values from 1e-253 to infinity; and series
    /// that are constant, tiny, huge of both signs, nowhere finite, or of one point.</summary>
    private static void Magnitudes(RunWriter run)
    {
        run.SetManifest("kind", EdgeSchema.Kind);
        run.SetManifest("name", "values-over-all-magnitudes-with-a-name-that-is-long-and-has-no-place-to-break");
        for (var step = 0; step <= 560; step++)
        {
            var x = step < 558 ? Math.Pow(10, step - 253) : double.PositiveInfinity;
            run.Add("stages", "x", step, x);
            run.Add("stages", "y", step, step % 2 == 0 ? x : -x);
            run.AddToCurve("stages", "orbit", 0, x, -x);
            run.Add("gd", "loss", step, step < 400 ? 1 : double.NaN);
            run.Add("gd", "sharpness", step, 1e300 * Math.Sin(step));
            run.Add("gd", "distance", step, 1e-250 * step);
            run.Add("flow", "loss", step, double.NaN);
            run.Add("gd", "y", step, step % 3 == 0 ? double.MaxValue : -double.MaxValue);
        }
        run.Add("gd", "x_2", 7, 1);
        run.Add("constrained", "eigenvalue_2", 3, double.PositiveInfinity);
        run.Commit();
    }

    /// <summary>A run of a kind that no report is known for, with a series that is too long to draw every point.</summary>
    private static void Plain(RunWriter run)
    {
        run.SetManifest("kind", "of somebody else");
        for (var step = 0; step < 20_000; step++)
            run.Add("walker", "position", step, Math.Sin(step / 500.0) + (0.1 * Math.Sin(step * 12.9)));
        for (var step = 0; step < 100; step++) run.Add("walker", "speed", step, 0.5);
        run.Commit();
    }
}
