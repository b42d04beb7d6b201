using Brink.Reports;
using Brink.Runs;

namespace Brink.Lab.Tests;

public class DownSamplingTests
{
    private const int Points = 50_000;

    [Fact]
    public void A_long_curve_keeps_its_extremes_ends_and_gaps_and_the_axis_states_it()
    {
        using var folder = new TemporaryFolder();
        var generator = new Random(3);
        var values = Enumerable.Range(0, Points).Select(_ => 1 + generator.NextDouble()).ToArray();
        (values[12_345], values[31_111], values[40_000]) = (9, 0.01, double.NaN);
        using (var writer = RunWriter.Create(folder.Path("run")))
        {
            for (var i = 0; i < Points; i++) writer.Add("gd", "loss", i, values[i]);
            for (var i = 0; i < 100; i++) writer.Add("gd", "sharpness", i, i);
            writer.Commit();
        }
        using var run = RunReader.Open(folder.Path("run"));
        var figures = Figures.Of(run).ToDictionary(figure => figure.Name);
        var loss = figures["loss"].Curves[0];
        Assert.InRange(loss.X.Count, 2000, 6000);
        Assert.Equal(["of 50,000 points the extremes of every 50", "1 non-finite point is not shown"], figures["loss"].Notes);
        Assert.Equal((0, Points - 1), (loss.X[0], loss.X[^1]));
        // Every point is a recorded one, in order; the smallest and the largest of each fifty are kept.
        Assert.Equal(loss.X.Order(), loss.X);
        Assert.All(loss.X.Zip(loss.Y), point => Assert.Equal(values[(int)point.First], point.Second));
        var kept = loss.X.Select(x => (int)x).ToHashSet();
        for (var start = 0; start < Points; start += 50)
        {
            var stretch = Enumerable.Range(start, 50).Where(i => !double.IsNaN(values[i])).ToArray();
            Assert.Contains(stretch.MinBy(i => values[i]), kept);
            Assert.Contains(stretch.MaxBy(i => values[i]), kept);
        }
        Assert.Contains(40_000, kept);
        // A short curve is unchanged.
        Assert.Equal(100, figures["sharpness"].Curves[0].X.Count);
        Assert.Empty(figures["sharpness"].Notes);
    }
}
