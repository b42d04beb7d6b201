using Brink.Objectives;
using Brink.Reports;
using Brink.Runs;
using Brink.Zoo.Formats;

namespace Brink.Lab.Tests;

public class NumericalFaultTests
{
    private static readonly Experiment Smoke = Presets.Named("smoke").Experiment with
    {
        Tracking = Presets.Named("smoke").Experiment.Tracking with { Steps = 10 },
    };

    [Theory]
    [InlineData(Faulty.Loss, 7, double.NaN)]
    [InlineData(Faulty.Loss, 0, double.PositiveInfinity)]
    [InlineData(Faulty.Gradient, 7, double.NaN)]
    [InlineData(Faulty.Gradient, 0, double.NegativeInfinity)]
    public void A_fault_of_the_descent_is_located_and_the_preceding_step_is_saved(object quantity, int step, double value)
    {
        using var folder = new TemporaryFolder();
        var summary = Run(folder.Path("run"), ScalarType.Float32, (Faulty)quantity, step, value);
        using var run = RunReader.Open(summary.Folder);
        var fault = run.Manifest().Node("fault")!;
        Assert.Equal(step, (long)fault["step"]!);
        Assert.Equal(quantity is Faulty.Loss ? "the loss" : "the gradient", (string?)fault["quantity"]);
        Assert.Equal(quantity is Faulty.Loss ? null : "linear2.weight[1,2]", (string?)fault["parameter"]);
        Assert.Equal(Math.Max(0, step - 1), run.Manifest().Number("last_good_step"));
        Assert.Contains($"at step {step}", summary.Message, StringComparison.Ordinal);
        Assert.Contains(run.Events(), one => one.Kind == "not_finite" && one.Step == step);

        // The saved parameters equal those of a run without the fault, bit for bit.
        using var scope = NewDisposeScope();
        using var problem = new Problem(Smoke);
        var theta = problem.Initial().to(ScalarType.Float32);
        var objective = problem.Objective(ScalarType.Float32);
        for (var i = 0; i < step - 1; i++) theta = theta - (Smoke.LearningRate * objective.LossAndGradient(theta).Gradient);
        Assert.True(LastGood(summary.Folder, problem).equal(theta).all().ToBoolean());
    }

    [Theory]
    [InlineData(ScalarType.Float32, Faulty.HessianProduct, 2)]
    [InlineData(ScalarType.Float64, Faulty.HessianProduct, 0)]
    [InlineData(ScalarType.Float64, Faulty.HessianProduct, 60)]
    [InlineData(ScalarType.Float64, Faulty.ThirdDerivative, 5)]
    [InlineData(ScalarType.Float64, Faulty.Gradient, 9)]   // a substep of the flow
    public void A_fault_of_either_phase_ends_the_run_with_finite_parameters(ScalarType phase, object quantity, int correctCalls)
    {
        using var folder = new TemporaryFolder();
        var summary = Run(folder.Path("run"), phase, (Faulty)quantity, correctCalls, double.NaN);
        using var run = RunReader.Open(summary.Folder);
        var fault = run.Manifest().Node("fault")!;
        Assert.Equal("linear2.weight[1,2]", (string?)fault["parameter"]);
        var good = run.Manifest().Number("last_good_step")!.Value;
        // The loss of the faulty step may be recorded, but nothing of any later step.
        Assert.InRange((long)fault["step"]!, good, good + 1);
        Assert.InRange(run.Points("gd", "loss").Max(point => point.Step), good, (long)fault["step"]!);
        using var scope = NewDisposeScope();
        using var problem = new Problem(Smoke);
        var theta = LastGood(summary.Folder, problem);
        Assert.True(theta.isfinite().all().ToBoolean());
        Assert.Equal(phase, theta.dtype);
        Assert.True(double.IsFinite(problem.Objective(phase).Loss(theta)));
    }

    [Fact]
    public void Runs_without_a_fault_have_neither_a_fault_nor_a_file()
    {
        using var folder = new TemporaryFolder();
        using (var writer = RunWriter.Create(folder.Path("run")))
            new EdgeOfStability(Smoke, writer, TimeProvider.System).Run("smoke", null, default);
        using var run = RunReader.Open(folder.Path("run"));
        Assert.Equal("completed", run.Manifest().Status);
        Assert.Null(run.Manifest().Node("fault"));
        Assert.False(File.Exists(folder.Path("run/last-good.safetensors")));
        Assert.DoesNotContain(run.Series(), series => series.Name.EndsWith("_not_converged", StringComparison.Ordinal));
    }

    [Fact]
    public void Values_that_did_not_converge_are_recorded_as_such_and_drawn_as_rings()
    {
        using var folder = new TemporaryFolder();
        var experiment = Smoke with { Tracking = Smoke.Tracking with { Steps = 4 } };
        using var generator = new Generator(1);
        using (var writer = RunWriter.Create(folder.Path("run")))
        {
            new EdgeOfStability(experiment, writer, TimeProvider.System)
            {
                WrapLoss = objective => objective.Precision == ScalarType.Float64 ? new NoisyProducts(objective, generator) : objective,
            }.Run("noisy", null, default);
        }
        using var run = RunReader.Open(folder.Path("run"));
        var (all, open) = (run.Points("gd", "sharpness"), run.Points("gd", "sharpness_not_converged"));
        Assert.NotEmpty(open);
        Assert.Subset(all.ToHashSet(), open.ToHashSet());
        Assert.Equal(
            open.Select(point => point.Step),
            run.Events()
                .Where(one => one.Kind == "not_converged" && one.Message.StartsWith("the sharpness of gd", StringComparison.Ordinal))
                .Select(one => one.Step));
        var figure = Figures.Of(run).Single(figure => figure.Name == "sharpness");
        var rings = Assert.Single(figure.Curves, curve => curve is { Rings: true, Label: "gradient descent, not converged" });
        Assert.Equal(open.Select(point => point.Value), rings.Y);
        FigureImage.Write([figure], folder.Path("figure.svg"));
        FigureImage.Write([figure with { Curves = [.. figure.Curves.Where(curve => !curve.Rings)] }], folder.Path("without.svg"));
        Assert.NotEqual(File.ReadAllText(folder.Path("without.svg")), File.ReadAllText(folder.Path("figure.svg")));
    }

    private static RunSummary Run(string folder, ScalarType phase, Faulty quantity, int correctCalls, double value)
    {
        using var writer = RunWriter.Create(folder);
        using var problem = new Problem(Smoke);
        // Entry [1,2] of the second layer's weights.
        var sizes = problem.Model.Layout.Parameters;
        var entry = sizes[0].Size + sizes[1].Size + sizes[2].Shape[1] + 2;
        var edge = new EdgeOfStability(Smoke, writer, TimeProvider.System)
        {
            WrapLoss = objective =>
                objective.Precision == phase ? new FaultyObjective(objective, quantity, correctCalls, entry, value) : objective,
        };
        var summary = edge.Run("smoke", null, default);
        Assert.Equal(RunStatus.Diverged, summary.Status);
        Assert.Contains("are saved in last-good.safetensors", summary.Message, StringComparison.Ordinal);
        return summary;
    }

    /// <summary>Returns the saved parameters as theta [p].</summary>
    private static Tensor LastGood(string folder, Problem problem)
    {
        var saved = Safetensors.Read(Path.Combine(folder, "last-good.safetensors")).Tensors;
        Assert.Equal(problem.Model.Layout.Parameters.Count, saved.Count);
        return cat([.. problem.Model.Layout.Parameters.Select(parameter => saved[parameter.Name].flatten())]);
    }

    /// <summary>Adds to each Hessian product a new random error of a hundredth of its norm, so that no eigenpair with a smaller
    /// tolerance converges.</summary>
    private sealed record NoisyProducts(IObjective Objective, Generator Generator) : IObjective
    {
        public long Dimension => Objective.Dimension;

        public ScalarType Precision => Objective.Precision;

        public double Loss(Tensor theta) => Objective.Loss(theta);

        public (double Loss, Tensor Gradient) LossAndGradient(Tensor theta) => Objective.LossAndGradient(theta);

        public IExpansion ExpandAt(Tensor theta) => new Expansion(Objective.ExpandAt(theta), Generator);

        private sealed class Expansion(IExpansion expansion, Generator generator) : IExpansion
        {
            public double Loss => expansion.Loss;

            public Tensor Gradient => expansion.Gradient;

            public Tensor HessianTimes(Tensor v)
            {
                using var scope = NewDisposeScope();
                var product = expansion.HessianTimes(v);
                var noise = randn(v.shape, dtype: v.dtype, generator: generator);
                return scope.MoveToOuter(product + (0.01 * product.norm() / noise.norm() * noise));
            }

            public Tensor ThirdDerivative(Tensor u, Tensor v) => expansion.ThirdDerivative(u, v);

            public void Dispose() => expansion.Dispose();
        }
    }
}
