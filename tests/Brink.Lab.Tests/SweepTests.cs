using System.Globalization;

namespace Brink.Lab.Tests;

/// <summary>The points of a sweep, from its file.</summary>
public class SweepTests
{
    [Fact]
    public void A_grid_has_every_combination_and_the_last_axis_changes_first()
    {
        var sweep = Of("preset: smoke\ntracking: { steps: 7 }\naxes:\n  learning_rate: [0.02, 0.05]\n  model.hidden: [[4], [8, 3], [9]]\n");
        Assert.Equal(["learning_rate", "model.hidden"], sweep.Axes.Select(axis => axis.Path));
        Assert.Equal([1, 2, 3, 4, 5, 6], sweep.Points.Select(point => point.Index));
        Assert.Equal(
            ["0.02 [4]", "0.02 [8, 3]", "0.02 [9]", "0.05 [4]", "0.05 [8, 3]", "0.05 [9]"],
            sweep.Points.Select(point => string.Join(' ', point.Values)));
        var experiment = Assert.IsType<Experiment>(sweep.At(sweep.Points[4]));
        Assert.Equal(0.05, experiment.LearningRate);
        Assert.Equal([8, 3], Assert.IsType<MlpSpec>(experiment.Model).Hidden);
        // What no axis names is that of the file, and of its preset.
        Assert.Equal((7, 100), (experiment.Tracking.Steps, experiment.Data.Samples));
    }

    [Theory]
    [InlineData("{ from: 0.01, to: 0.16, points: 5, scale: logarithmic }", "0.01 0.02 0.04 0.08 0.16")]
    [InlineData("{ from: 0.1, to: 0.4, points: 4 }", "0.1 0.2 0.3 0.4")]
    [InlineData("{ from: 0.4, to: 0.1, points: 4 }", "0.4 0.3 0.2 0.1")]
    [InlineData("{ from: 1, to: 2, points: 7, whole: true }", "1 2")]
    [InlineData("{ from: 0.3, to: 9, points: 1 }", "0.3")]
    [InlineData("[0.1, 0.1, 1e-3]", "0.1 1e-3")]
    public void A_range_has_evenly_spaced_values_and_its_ends(string axis, string values) =>
        Assert.Equal(values, string.Join(' ', Of($"preset: smoke\naxes:\n  learning_rate: {axis}\n").Axes[0].Values));

    [Fact]
    public void A_sweep_of_any_kind_of_study_has_its_settings()
    {
        var sweep = Of("study: speed\naxes:\n  steps: { from: 10, to: 1000, points: 3, scale: logarithmic, whole: true }\n");
        Assert.Equal([10, 100, 1000], sweep.Points.Select(point => Assert.IsType<SpeedStudy>(sweep.At(point)).Steps));
    }

    [Fact]
    public void A_random_search_is_the_same_for_a_seed_and_grows_by_appending()
    {
        var (few, many, other) = (Random(20, 7), Random(200, 7), Random(20, 8));
        Assert.Equal(few, many.Take(20));
        Assert.NotEqual(few, other);
        var rates = many.Select(values => double.Parse(values[0], CultureInfo.InvariantCulture)).ToArray();
        var decays = many.Select(values => double.Parse(values[1], CultureInfo.InvariantCulture)).ToArray();
        Assert.All(rates, rate => Assert.InRange(rate, 1e-4, 1));
        // Half of the values are below the middle of the scale: the standard error of the share is 0.035 with 200 points. With the
        // other scale the share would be 0.01 for the rates, and all values of a list are drawn.
        Assert.InRange(rates.Count(rate => rate < 1e-2) / 200.0, 0.4, 0.6);
        Assert.InRange(decays.Count(decay => decay < 0.5) / 200.0, 0.4, 0.6);
        Assert.Equal(["gelu", "swish", "tanh"], many.Select(own => own[2]).Distinct().Order());
        // Axes are drawn independently: the correlation of 200 pairs is below 0.2 with a probability of 0.995.
        var correlation = Correlation([.. rates.Select(rate => Math.Log(rate))], decays);
        Assert.InRange(correlation, -0.2, 0.2);

        static IReadOnlyList<string>[] Random(int points, long seed) =>
        [
            .. Of($"preset: smoke\naxes:\n  learning_rate: {{ from: 1e-4, to: 1, scale: logarithmic }}\n"
                + "  weight_decay: { from: 0, to: 1 }\n  model.activation: [tanh, swish, gelu]\n"
                + $"random: {{ points: {points}, seed: {seed} }}\n").Points.Select(point => point.Values),
        ];
    }

    [Fact]
    public void An_axis_with_a_seed_has_random_values_in_a_grid()
    {
        var sweep = Of(
            "preset: smoke\naxes:\n  seed: { from: 0, to: 1e6, points: 5, seed: 3, whole: true }\n  learning_rate: [0.02, 0.03]\n");
        Assert.Equal(10, sweep.Points.Count);
        var seeds = sweep.Points.Select(point => sweep.At(point).Seed).Distinct().ToArray();
        Assert.Equal(5, seeds.Length);
        Assert.NotEqual(seeds.Order(), seeds);
    }

    [Fact]
    public void The_stored_text_gives_the_same_points_from_any_folder()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.Path("there"));
        Directory.CreateDirectory(folder.Path("elsewhere"));
        File.WriteAllText(
            folder.Path("there/sweep.yaml"),
            "preset: smoke\ndata: { path: images }\naxes:\n  model.parameters: [a.safetensors, 'b, c.safetensors']\n"
                + "  model: [{ kind: mlp, hidden: [3] }]\n  seed: [1]\n");
        var sweep = Sweep.Read(folder.Path("there/sweep.yaml"));
        var experiment = Assert.IsType<Experiment>(sweep.At(sweep.Points[1]));
        Assert.Equal(folder.Path("there/images"), experiment.Data.Path);
        File.WriteAllText(folder.Path("elsewhere/sweep.yaml"), sweep.Text);
        var again = Sweep.Read(folder.Path("elsewhere/sweep.yaml"));
        Assert.Equal(sweep.Text, again.Text);
        Assert.Equal(
            sweep.Points.Select(point => StudyYaml.Write(sweep.At(point))),
            again.Points.Select(point => StudyYaml.Write(again.At(point))));
        Assert.Equal(folder.Path("there/b, c.safetensors"), Assert.IsType<Experiment>(again.At(again.Points[1])).Model.Parameters);
    }

    [Theory]
    [InlineData("preset: smoke", "the key 'axes' is missing")]
    [InlineData("axes: 3", "axes: a mapping of paths to lists or ranges is expected")]
    [InlineData("axes: {}", "axes: a mapping of paths to lists or ranges is expected")]
    [InlineData("axes: { learning_rate: 0.1 }", "axes.learning_rate: a list of values is expected, or a range")]
    [InlineData("axes: { learning_rate: [] }", "axes.learning_rate: an empty list")]
    [InlineData("axes: { 'a b': [1] }", "axes.a b: the path of a setting is expected")]
    [InlineData("axes: { learning_rat: [0.1] }", "point 1 (learning_rat=0.1): learning_rat: no such key; did you mean 'learning_rate'?")]
    [InlineData("axes: { learning_rate: [0.1, -1] }", "point 2 (learning_rate=-1): learning_rate: -1; it must be above 0")]
    [InlineData("axes: { learning_rate: { from: 0.1, points: 3 } }", "axes.learning_rate.to: is missing")]
    [InlineData("axes: { learning_rate: { from: 0.1, to: 1 } }", "axes.learning_rate.points: is missing")]
    [InlineData("axes: { learning_rate: { from: 0.1, to: 1, points: 0 } }", "axes.learning_rate.points: 0; a whole number from 1 to")]
    [InlineData("axes: { learning_rate: { from: x, to: 1, points: 2 } }", "axes.learning_rate.from: 'x' is not a number")]
    [InlineData("axes: { learning_rate: { from: 0, to: 1, points: 2, scale: logarithmic } }", "a logarithmic range must be above 0")]
    [InlineData("axes: { learning_rate: { from: 1, to: 2, points: 2, scale: log } }", "scale: 'log' is unknown")]
    [InlineData("axes: { learning_rate: { from: 1, to: 2, count: 2 } }", "axes.learning_rate.count: no such key")]
    [InlineData("axes: { learning_rate: { from: 1, to: 2, points: 2 } }\nrandom: { points: 3 }", "axes.learning_rate.points: no such key")]
    [InlineData("axes: { learning_rate: { from: 1, to: 2 } }\nrandom: {}", "random.points: is missing")]
    [InlineData("axes: { data.samples: { from: 100, to: 101, points: 3 } }", "data.samples: '100.5' is not a whole number")]
    [InlineData("axes: { seed: { from: 1, to: 20000, points: 20000, whole: true } }", "20,000 points; a sweep has at most 10,000")]
    [InlineData("axes: { learning_rate: [&a [*a]] }", "nested more than 6 levels deep")]
    public void A_wrong_file_is_reported_with_its_key(string text, string message)
    {
        var thrown = Assert.Throws<ExperimentException>(() => Of(text).Checked());
        Assert.Contains(message, thrown.Message, StringComparison.Ordinal);
        Assert.Contains("sweep.yaml: ", thrown.Message, StringComparison.Ordinal);
    }

    private static Sweep Of(string text)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.Path("sweep.yaml"), text);
        return Sweep.Read(folder.Path("sweep.yaml"));
    }

    private static double Correlation(double[] a, double[] b)
    {
        var (meanA, meanB) = (a.Average(), b.Average());
        return a.Zip(b, (x, y) => (x - meanA) * (y - meanB)).Sum()
            / Math.Sqrt(a.Sum(x => (x - meanA) * (x - meanA)) * b.Sum(y => (y - meanB) * (y - meanB)));
    }
}
