using System.Text.Json;
using Brink.Reports;
using Brink.Runs;

namespace Brink.Lab.Tests;

public class FigureTests
{
    private const double Eta = 0.04;

    [Fact]
    public void A_run_with_everything_has_every_figure_in_the_order_of_reading()
    {
        using var folder = new TemporaryFolder();
        WriteRun(folder.Path("run"));
        using var run = RunReader.Open(folder.Path("run"));
        Assert.Equal(
            [
                "loss", "sharpness", "distance", "x", "rate", "eigenvalues", "directions", "x_2", "x_3", "excess", "assumptions",
                "smoothness", "cross_section", "beta", "stages_x", "stages_y", "stages_plane",
            ],
            Figures.Of(run).Select(figure => figure.Name));
        Assert.Equal(6, Figures.Chapters(run).Count);
        foreach (var name in StudyReports.Standard.Of(run).FigureNames) Assert.NotEmpty(Figures.Named(Figures.Of(run), name));
        Assert.Equal(["stages_x", "stages_y", "stages_plane"], Figures.Named(Figures.Of(run), "stages").Select(figure => figure.Name));
        Assert.Empty(Figures.Named(Figures.Of(run), "x_4"));
    }

    [Fact]
    public void A_figure_without_data_is_left_out()
    {
        using var folder = new TemporaryFolder();
        using (var writer = RunWriter.Create(folder.Path("run")))
        {
            writer.Set(RunSchema.Kind, EdgeSchema.Kind);
            writer.Add("constrained", "gamma", 0, 0.5);
            writer.Add("constrained", "directions", 0, 1);
            writer.Add("gd", "x_2", 0, 1);
            writer.Add("gd", "x_2b", 0, 1);
            writer.Commit();
        }
        using var run = RunReader.Open(folder.Path("run"));
        Assert.Equal(["x_2"], Figures.Of(run).Select(figure => figure.Name));
    }

    [Fact]
    public void Displacements_along_every_direction_change_sign_at_odd_steps()
    {
        using var folder = new TemporaryFolder();
        WriteRun(folder.Path("run"));
        using var run = RunReader.Open(folder.Path("run"));
        foreach (var name in new[] { "x", "x_2", "x_3" })
            Assert.All(Named(run, name).Curves.SelectMany(curve => curve.Y), y => Assert.True(y > 0));
    }

    [Fact]
    public void Cross_sections_are_drawn_with_the_parabola_of_the_edge()
    {
        using var folder = new TemporaryFolder();
        WriteRun(folder.Path("run"));
        using var run = RunReader.Open(folder.Path("run"));
        var figure = Named(run, "cross_section");
        Assert.Null(figure.Steps);
        // Eight of the eleven sections, including the first and the last.
        Assert.Equal(9, figure.Curves.Count);
        Assert.Equal(("step 100", "step 600"), (figure.Curves[0].Label, figure.Curves[7].Label));
        Assert.Equal(9, figure.Curves.Select(curve => curve.Colour).Distinct().Count());
        var parabola = figure.Curves[^1];
        Assert.Equal(Dash.Dashed, parabola.Dash);
        Assert.Equal((-1.0, 1.0), (parabola.X[0], parabola.X[^1]));
        Assert.All(parabola.X.Zip(parabola.Y), point => Assert.Equal(point.First * point.First / Eta, point.Second, 1e-12));
        // The synthetic sections differ from it by -x⁴, and each has its own loss at x = 0.
        foreach (var section in figure.Curves.SkipLast(1))
            Assert.All(section.X.Zip(section.Y), point =>
                Assert.Equal((point.First * point.First / Eta) - Math.Pow(point.First, 4), point.Second, 1e-10));
    }

    [Fact]
    public void Betas_are_relative_to_their_first_value()
    {
        using var folder = new TemporaryFolder();
        WriteRun(folder.Path("run"));
        using var run = RunReader.Open(folder.Path("run"));
        var figure = Named(run, "beta");
        Assert.All(figure.Curves, curve =>
        {
            Assert.Equal((0, 1), (curve.X[0], curve.Y[0]));
            Assert.Equal(Math.Exp(-1), curve.Y[20], 1e-12);
        });
    }

    [Fact]
    public void Orbits_keep_the_order_of_their_points_and_level_sets_are_one_curve_with_gaps()
    {
        using var folder = new TemporaryFolder();
        WriteRun(folder.Path("run"));
        using var run = RunReader.Open(folder.Path("run"));
        var figure = Named(run, "stages_plane");
        Assert.Equal(["level sets of E", "gradient descent", "model"], figure.Curves.Select(curve => curve.Label));
        var levels = figure.Curves[0];
        Assert.Equal(2, levels.X.Count(double.IsNaN));
        Assert.NotEqual(levels.X.Where(double.IsFinite).Order(), levels.X.Where(double.IsFinite));
        Assert.Equal(run.Curves("stages", "orbit").Single().Points.Select(point => point.Y), figure.Curves[2].Y);
    }

    [Fact]
    public void Sparse_points_are_marked()
    {
        using var folder = new TemporaryFolder();
        WriteRun(folder.Path("run"));
        using var run = RunReader.Open(folder.Path("run"));
        Assert.Equal([true, true, true, true, false], Named(run, "assumptions").Curves.Select(curve => curve.Marked));
    }

    [Fact]
    public void Every_figure_can_be_drawn()
    {
        using var folder = new TemporaryFolder();
        WriteRun(folder.Path("run"));
        using var run = RunReader.Open(folder.Path("run"));
        foreach (var figure in Figures.Of(run))
        {
            FigureImage.Write([figure], folder.Path("one.svg"));
            var svg = File.ReadAllText(folder.Path("one.svg"));
            Assert.All(figure.Curves, curve => Assert.Contains($"=\"{curve.Colour}\"", svg, StringComparison.OrdinalIgnoreCase));
            FigureImage.Write([figure], folder.Path("one.png"));
            Assert.InRange(new FileInfo(folder.Path("one.png")).Length, 10_000, 1_000_000);
        }
    }

    [Fact]
    public void The_page_has_a_heading_for_each_chapter_and_loads_nothing()
    {
        using var folder = new TemporaryFolder();
        WriteRun(folder.Path("run"));
        using var run = RunReader.Open(folder.Path("run"));
        Page.Write([run], folder.Path("page.html"));
        var page = File.ReadAllText(folder.Path("page.html"));
        // A comment of uPlot contains its address; the page loads nothing.
        Assert.DoesNotMatch(@"(src|href)\s*=|@import|url\(|fetch\(|XMLHttpRequest", page);
        Assert.Contains(
            "At step 300 a second direction joined those that the constrained trajectory follows; at most 3 were followed at once.",
            page, StringComparison.Ordinal);
        using var data = JsonDocument.Parse(page.Split("const runs = ")[1].Split(";</script>")[0]);
        var figures = data.RootElement[0].GetProperty("figures").EnumerateArray().ToArray();
        Assert.Equal(Figures.Of(run).Select(figure => figure.Name), figures.Select(figure => figure.GetProperty("name").GetString()));
        Assert.Equal(
            Figures.Chapters(run).Select(chapter => chapter.Title),
            figures.Select(figure => figure.GetProperty("chapter").GetString()).Distinct());
        var plane = figures[^1];
        Assert.Equal(JsonValueKind.Null, plane.GetProperty("steps").ValueKind);
        Assert.Equal("|x| / δ", plane.GetProperty("x_label").GetString());
        Assert.Contains(plane.GetProperty("curves")[0].GetProperty("x").EnumerateArray(), x => x.ValueKind == JsonValueKind.Null);
    }

    private static Figure Named(RunReader run, string name) => Assert.Single(Figures.Named(Figures.Of(run), name));

    /// <summary>Writes a run that reaches the edge at step 100 and ends at step 600, with formulas instead of measurements.</summary>
    private static void WriteRun(string folder)
    {
        using var run = RunWriter.Create(folder);
        run.SetManifest("threshold", 2 / Eta);
        run.SetManifest("instability_step", 100);
        run.SetManifest("status", "completed");
        for (var step = 0; step <= 600; step++)
        {
            run.Add("gd", "loss", step, Math.Exp(-step / 200.0));
            if (step < 100) continue;
            WriteTracked(run, step);
            if (step % 50 == 0) WriteSparse(run, step);
        }
        WriteStages(run);
        run.Commit();
    }

    private static void WriteTracked(RunWriter run, int step)
    {
        var sign = step % 2 == 0 ? 1 : -1;
        var swing = Math.Sin((step - 100) / 20.0);
        run.Add("gd", "multiple", step, 0.5 + (0.1 * swing));
        run.Add("constrained", "loss", step, Math.Exp(-step / 200.0));
        run.Add("constrained", "sharpness", step, 2 / Eta);
        run.Add("constrained", "eigenvalue_2", step, 30 + (step / 30.0));
        run.Add("constrained", "eigenvalue_3", step, 20 + (step / 30.0));
        run.Add("constrained", "directions", step, step < 300 ? 1 : step < 500 ? 3 : 2);
        run.Add("constrained", "gamma", step, 0.3 + (0.1 * swing));
        foreach (var process in new[] { "gd", "predicted", "generalized" })
        {
            run.Add(process, "sharpness", step, (2 / Eta) + swing);
            run.Add(process, "distance", step, 0.3 + (0.2 * swing));
            run.Add(process, "x", step, sign * (0.2 + (0.1 * swing)));
            run.Add(process, "y", step, swing);
            if (step < 300) continue;
            run.Add(process, "x_2", step, sign * (0.1 + (0.05 * swing)));
            run.Add(process, "x_3", step, sign * (0.05 + (0.02 * swing)));
        }
    }

    private static void WriteSparse(RunWriter run, int step)
    {
        run.Add("assumptions", "hessian_v", step, 0.05);
        run.Add("assumptions", "hessian_gradient", step, 0.1 * step / 600);
        run.Add("assumptions", "third_v", step, 0.01);
        run.Add("assumptions", "third_gradient", step, 0.02);
        run.Add("assumptions", "rho3", step, 300);
        run.Add("assumptions", "rho4", step, 4000 + step);
        for (var i = -50; i <= 50; i++)
        {
            var x = i / 50.0;
            run.AddToCurve("constrained", "cross_section", step, x, Math.Exp(-step / 200.0) + (x * x / Eta) - Math.Pow(x, 4));
        }
        for (var t = 0; t <= 600 - step + 20; t++)
            run.AddToCurve("constrained", "beta_from", step, t, step * Math.Exp(-t / 20.0));
    }

    private static void WriteStages(RunWriter run)
    {
        for (var step = 100; step <= 600; step++)
        {
            var angle = (step - 100) / 30.0;
            var (x, y) = (1.2 + Math.Sin(angle), 1.1 * Math.Cos(angle));
            run.Add("stages", "x", step, step % 2 == 0 ? x : -x);
            run.Add("stages", "y", step, y);
            run.AddToCurve("stages", "orbit", 100, x, y);
            run.AddToCurve("gd", "phase", 100, x * (1 + (0.02 * Math.Cos(7 * angle))), y - 0.1);
        }
        for (var level = 1; level <= 3; level++)
            for (var i = 0; i <= 60; i++)
            {
                var angle = Math.Tau * i / 60;
                run.AddToCurve("stages", "level", level, 1.2 + (level * 0.35 * Math.Sin(angle)), level * 0.4 * Math.Cos(angle));
            }
    }
}
