using Brink.Reports;
using Brink.Runs;
using Brink.Zoo.Formats;
using Brink.Zoo.Models;

namespace Brink.Lab.Tests;

/// <summary>The eigenvalues that <c>tracking.eigenvalues</c> adds to a run.</summary>
public class EigenvalueTests
{
    private const int Eigenvalues = 5;

    /// <summary>4 inputs, 73 parameters: above the dimension up to which a tracker decomposes the whole matrix.</summary>
    private static readonly Experiment Tiny = Presets.Named("smoke").Experiment with
    {
        Data = Presets.Named("smoke").Experiment.Data with { Samples = 40, Pool = 14 },
        Model = new MlpSpec([10], Activation.Tanh),
        LearningRate = 0.3,
        Tracking = Presets.Named("smoke").Experiment.Tracking with { Steps = 30, SharpnessEvery = 3, Eigenvalues = Eigenvalues },
    };

    [Theory]
    [InlineData(ParameterRecorder.Descent, "gd")]
    [InlineData(ParameterRecorder.Constrained, "constrained")]
    public void Eigenvalues_are_those_of_the_dense_Hessian(string file, string process)
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        Run(Tiny, folder.Path("run"));
        using var run = RunReader.Open(folder.Path("run"));

        // The same loss, differentiated by autograd instead of the engine of the run.
        using var problem = new Problem(Tiny with { Engine = DerivativeEngine.Autograd });
        var tensors = Safetensors.Read(folder.Path($"run/{file}")).Tensors;
        var theta = cat([.. problem.Model.Layout.Parameters.Select(parameter => tensors[parameter.Name].flatten())]);
        using var expansion = problem.Objective(ScalarType.Float64).ExpandAt(theta);
        var hessian = expansion.HessianTimes(eye(theta.shape[0], dtype: ScalarType.Float64));
        var expected = linalg.eigvalsh((hessian + hessian.t()) / 2).flip(0).data<double>().ToArray();

        for (var n = 1; n <= Eigenvalues; n++)
        {
            var (_, value) = run.Points(process, n == 1 ? "sharpness" : $"eigenvalue_{n}")[^1];
            Assert.Equal(expected[n - 1], value, 1e-5 * expected[0]);
        }
    }

    [Fact]
    public void Eigenvalues_are_recorded_where_the_sharpness_of_descent_is()
    {
        using var folder = new TemporaryFolder();
        Run(Tiny, folder.Path("run"));
        using var run = RunReader.Open(folder.Path("run"));
        var sharpness = Steps("gd", "sharpness");
        Assert.Equal(11, sharpness.Count);
        var midpoints = Steps("gd", "sharpness_midpoint");
        Assert.NotEmpty(midpoints);
        for (var n = 2; n <= Eigenvalues; n++)
        {
            Assert.Equal(sharpness, Steps("gd", $"eigenvalue_{n}"));
            Assert.Equal(sharpness, Steps("constrained", $"eigenvalue_{n}"));
            Assert.Equal(midpoints, Steps("gd", $"eigenvalue_{n}_midpoint"));
        }
        Assert.DoesNotContain(run.Series(), series => series.Name.StartsWith($"eigenvalue_{Eigenvalues + 1}", StringComparison.Ordinal));

        // They descend, to the accuracy of each measurement.
        for (var n = 1; n < Eigenvalues; n++)
        {
            var larger = run.Points("gd", n == 1 ? "sharpness" : $"eigenvalue_{n}");
            Assert.All(
                larger.Zip(run.Points("gd", $"eigenvalue_{n + 1}")), pair => Assert.True(pair.First.Value > pair.Second.Value - 1e-4));
        }

        List<long> Steps(string process, string series) => [.. run.Points(process, series).Select(point => point.Step)];
    }

    [Fact]
    public void Further_eigenvalues_change_no_bit_of_the_other_series()
    {
        using var folder = new TemporaryFolder();
        Run(Tiny, folder.Path("five"));
        Run(Tiny with { Tracking = Tiny.Tracking with { Eigenvalues = 1 } }, folder.Path("one"));
        Assert.Equal(Others("one"), Others("five"));
        using var one = RunReader.Open(folder.Path("one"));
        Assert.NotEmpty(one.Points("constrained", "eigenvalue_2"));
        Assert.Empty(one.Points("gd", "eigenvalue_2"));

        string Others(string name)
        {
            using var run = RunReader.Open(folder.Path(name));
            using var text = new StringWriter();
            RunExport.WriteCsv(run, text);
            return string.Join('\n', text.ToString().Split('\n').Where(line => !line.Contains(",eigenvalue_", StringComparison.Ordinal)));
        }
    }

    [Fact]
    public void Their_figure_has_both_trajectories()
    {
        using var folder = new TemporaryFolder();
        Run(Tiny, folder.Path("run"));
        using var run = RunReader.Open(folder.Path("run"));
        var figure = Figures.Of(run).Single(one => one.Name == "eigenvalues");
        Assert.Equal("Largest eigenvalues", figure.Title);
        Assert.Equal(
            ["largest", "second", "third", "4th", "5th"],
            figure.Curves.Where(curve => curve.Dash == Dash.Solid).Select(curve => curve.Label));
        Assert.Equal(2 * Eigenvalues, figure.Curves.Count(curve => curve.Dash == Dash.Dashed));
        Assert.Equal(Eigenvalues, figure.Curves.Select(curve => curve.Colour).Distinct().Count());
        Assert.Equal(
            ["largest", "second", "third", "4th", "5th", "constrained trajectory", "gradient descent"],
            figure.Legend!.Select(entry => entry.Label));
    }

    [Fact]
    public void Their_number_is_at_least_one()
    {
        var error = Assert.Throws<ExperimentException>(() => ExperimentYaml.With(Tiny, "tracking.eigenvalues=0"));
        Assert.Contains("tracking.eigenvalues: 0; it must be at least 1", error.Message, StringComparison.Ordinal);
    }

    private static void Run(Experiment experiment, string folder)
    {
        using var writer = RunWriter.Create(folder);
        Assert.Equal(RunStatus.Completed, new EdgeOfStability(experiment, writer, TimeProvider.System).Run("test", null, default).Status);
    }
}
