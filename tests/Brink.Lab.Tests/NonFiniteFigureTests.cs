using Brink.Reports;
using Brink.Runs;

namespace Brink.Lab.Tests;

/// <summary>Values that no axis can hold: figures are finite, count what they leave out, and are drawn.</summary>
public class NonFiniteFigureTests
{
    [Fact]
    public void Points_at_infinity_are_left_out_and_counted()
    {
        using var folder = new TemporaryFolder();
        WriteRun(folder.Path("run"));
        using var run = RunReader.Open(folder.Path("run"));
        var figures = Figures.Of(run).ToDictionary(figure => figure.Name);
        Assert.All(
            figures.Values.SelectMany(figure => figure.Curves), curve => Assert.DoesNotContain(curve.X.Concat(curve.Y), double.IsInfinity));
        Assert.Equal(["3 non-finite points are not shown"], figures["stages_x"].Notes);
        Assert.Equal("step\n3 non-finite points are not shown", figures["stages_x"].XCaption);
        // A loss that was recorded as NaN; a gap between two level sets is not a point.
        Assert.Equal(["1 non-finite point is not shown"], figures["loss"].Notes);
        Assert.Empty(figures["stages_plane"].Notes);
    }

    [Fact]
    public void Values_over_all_magnitudes_are_drawn_on_either_axis()
    {
        using var folder = new TemporaryFolder();
        WriteRun(folder.Path("run"));
        using var run = RunReader.Open(folder.Path("run"));
        foreach (var figure in Figures.Of(run))
            foreach (var log in new[] { true, false })
            {
                FigureImage.Write([figure with { Log = log }], folder.Path("one.svg"));
                var svg = File.ReadAllText(folder.Path("one.svg"));
                Assert.DoesNotContain("NaN", svg, StringComparison.Ordinal);
                Assert.DoesNotContain("∞", svg, StringComparison.Ordinal);
                Assert.All(figure.Curves, curve => Assert.Contains($"=\"{curve.Colour}\"", svg, StringComparison.OrdinalIgnoreCase));
            }
        FigureImage.Write(Figures.Named(Figures.Of(run), "stages_x"), folder.Path("stages.svg"));
        Assert.Contains("1e-200", File.ReadAllText(folder.Path("stages.svg")), StringComparison.Ordinal);
    }

    [Fact]
    public void Points_far_from_a_map_are_left_out_and_counted()
    {
        using var folder = new TemporaryFolder();
        using (var writer = RunWriter.Create(folder.Path("run")))
        {
            writer.Set(RunSchema.Kind, LandscapeSchema.Kind);
            writer.SetRaster(LandscapeSchema.Plane, new(2, 2, new(0, 1), new(0, 1), [-double.MaxValue, 0, double.MaxValue, double.NaN]));
            foreach (var x in new[] { 0.5, 1.5, 2.5, 1e200, double.PositiveInfinity }) writer.AddToCurve(LandscapeSchema.Path, 0, x, 0.5);
            writer.Commit();
        }
        using var run = RunReader.Open(folder.Path("run"));
        var figure = Figures.Of(run).Single(figure => figure.Name == "path");
        Assert.Equal(["1 non-finite point is not shown", "2 points far from the map are not shown"], figure.Notes);
        Assert.Equal([0.5, 1.5], figure.Curves[0].X.Where(double.IsFinite));
        // The range of the cells exceeds the largest number.
        Assert.Equal([0, 0.5, 1], new[] { -double.MaxValue, 0, double.MaxValue }.Select(value => HeatMap.Share(value, figure.Map!.Values)));
        Page.Write([run], folder.Path("page.html"));
    }

    private static void WriteRun(string folder)
    {
        using var run = RunWriter.Create(folder);
        run.Set(RunSchema.Kind, EdgeSchema.Kind);
        for (var step = 0; step <= 560; step++)
        {
            var x = step < 558 ? Math.Pow(10, step - 253) : double.PositiveInfinity;
            run.Add(EdgeSchema.StageX, step, x);
            run.Add(EdgeSchema.StageY, step, step % 2 == 0 ? Math.Min(x, double.MaxValue) : -Math.Min(x, double.MaxValue));
            run.Add("gd", "loss", step, step < 560 ? 1e-250 * step : double.NaN);
            run.Add("gd", "sharpness", step, 7);
        }
        foreach (var level in new[] { 1, 2 })
            foreach (var x in new[] { 1e-300, 1, 1e300 }) run.AddToCurve(EdgeSchema.Level, level, x, level);
        run.Commit();
    }
}
