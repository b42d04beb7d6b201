using Brink.Lab.Tests;
using Brink.Runs;
using Microsoft.Playwright;

namespace Brink.Browser.Tests;

/// <summary>The served page in headless Chromium.</summary>
public sealed class LiveTests(Chromium chromium) : IDisposable
{
    // The points of the first curve of a figure, as the page has them.
    private const string Points = "name => drawn.find(one => one.figure.name === name).figure.curves[0]";

    private static readonly string[] Checks = ["overflowing()", "unnamedParts()", "pale()"];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_run_of_another_process_grows_on_the_page_until_its_end()
    {
        using var server = new ServedRuns(_folder.Path(""));
        await using var open = await chromium.OpenLive(server.Address.AbsoluteUri, View.Light);
        using var run = ServedRuns.Start("run", "smoke", "--out", _folder.Path("smoke"));
        // The list shows it as soon as its folder exists.
        await open.Page.GetByRole(AriaRole.Link, new() { Name = "smoke", Exact = true }).ClickAsync();
        await open.Page.WaitForFunctionAsync("() => drawn.length > 0 && drawn[0].figure.curves[0].x.length > 3");
        var before = await open.Page.EvaluateAsync<int>("drawn[0].figure.curves[0].x.length");
        await open.Page.WaitForFunctionAsync("before => drawn[0].figure.curves[0].x.length > before", before);
        Assert.Equal(0, run.Ended().Code);
        await open.Page.GetByText("ended", new() { Exact = true }).WaitForAsync();
        // The text of the page that is written at the end.
        using var reader = RunReader.Open(_folder.Path("smoke"));
        Assert.Equal("completed", await open.Page.Locator("h1 .status").InnerTextAsync());
        Assert.Contains("2/η", await open.Page.Locator(".story").InnerTextAsync(), StringComparison.Ordinal);
        await AssertEqual(reader, open.Page, "loss", new SeriesKey("gd", "loss"));
        Assert.Empty(await open.Check("badDrawn()"));
        Assert.Empty(open.Faults);
    }

    [Fact]
    public async Task No_point_is_lost_when_the_server_is_killed_and_started_again()
    {
        using var run = WrittenRun.Begin(_folder.Path("run"));
        WrittenRun.Add(run, 0, 50);
        var server = new ServedRuns(_folder.Path(""));
        try
        {
            await using var first = await chromium.OpenLive(server.Of("run"), View.Light);
            await using var second = await chromium.OpenLive(server.Of("run"), View.Light);
            foreach (var page in new[] { first, second }) await Has(page.Page, 50);
            WrittenRun.Add(run, 50, 10);
            foreach (var page in new[] { first, second }) await Has(page.Page, 60);
            server.Kill();
            await first.Page.GetByText("connection lost").WaitForAsync();
            WrittenRun.Add(run, 60, 30);
            var port = server.Address.Port;
            server.Dispose();
            server = new(_folder.Path(""), port);
            Assert.Equal(port, server.Address.Port);
            WrittenRun.Add(run, 90, 10);
            foreach (var page in new[] { first, second })
            {
                await Has(page.Page, 100);
                using var reader = RunReader.Open(_folder.Path("run"));
                await AssertEqual(reader, page.Page, "loss", new("gd", "loss"));
                await AssertEqual(reader, page.Page, "sharpness", new("gd", "sharpness"));
            }
        }
        finally
        {
            server.Dispose();
        }
    }

    [Fact]
    public async Task A_list_of_200_runs_is_filtered_grouped_compared_and_mapped()
    {
        for (var i = 0; i < 200; i++)
        {
            using var run = WrittenRun.Begin(_folder.Path($"run-{i:d3}"), 0.01 * (1 + (i % 10)), i % 2 == 0 ? "mlp" : "cnn");
            WrittenRun.Add(run, 0, 3 + (i % 4));
            if (i % 3 != 0) WrittenRun.End(run);
        }
        using var server = new ServedRuns(_folder.Path(""));
        foreach (var view in View.All)
        {
            await using var open = await chromium.OpenLive(server.Address.AbsoluteUri, view);
            await open.Page.Locator("tbody tr").Nth(199).WaitForAsync();
            await open.Page.ScreenshotAsync(new() { Path = Path.Combine(MadePages.Screenshots, $"live-list-{view.Name}.png") });
            foreach (var check in Checks) Assert.Empty(await open.Check(check));
            Assert.Empty(open.Faults);
        }
        await using var page = await chromium.OpenLive(server.Address.AbsoluteUri, View.Light);
        await page.Page.GetByRole(AriaRole.Searchbox).FillAsync("model=cnn learning_rate=0.04");
        await page.Page.GetByText("20 of 200 runs").WaitForAsync();
        // A run whose process has gone without an end was killed.
        await page.Page.GetByLabel("group by").SelectOptionAsync("status");
        await page.Page.GetByText("status = killed").WaitForAsync();
        foreach (var id in new[] { "run-003", "run-013" }) await page.Page.GetByLabel($"choose {id}").CheckAsync();
        // The address keeps what the reader chose.
        await page.Page.ReloadAsync();
        await page.Page.GetByText("20 of 200 runs").WaitForAsync();
        foreach (var id in new[] { "run-003", "run-013" }) await page.Page.GetByLabel($"choose {id}").CheckAsync();
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "compare 2 runs" }).ClickAsync();
        await page.Page.WaitForFunctionAsync("() => drawn.length === 2 && drawn[0].figure.curves.length === 2");
        Assert.Empty(page.Faults);
    }

    [Fact]
    public async Task The_view_is_in_the_address_and_zoom_brings_every_point()
    {
        const int steps = 20_000;
        using (var run = WrittenRun.Begin(_folder.Path("long")))
        {
            for (var step = 0; step < steps; step++) run.Add("gd", "loss", step, step % 1000 == 500 ? 3 : 1);
            run.Commit(40);
            WrittenRun.End(run);
        }
        using var server = new ServedRuns(_folder.Path(""));
        await using var open = await chromium.OpenLive(server.Of("long") + "&f.loss=log_z5000..5100", View.Light);
        await open.Page.WaitForFunctionAsync("() => drawn.length === 1");
        Assert.True(await open.Page.EvaluateAsync<bool>("drawn[0].isLog"));
        // Every step of the stretch is in the chart once its points have come.
        await open.Page.WaitForFunctionAsync(
            "() => { const { min, max } = drawn[0].chart.scales.x; return min === 5000 && max === 5100"
                + " && drawn[0].chart.data[0].filter(x => x >= min && x <= max).length === 101; }");
        await open.Page.Keyboard.PressAsync("l");
        // The figure is linear unless the reader changes it: the address need not say so.
        await open.Page.WaitForFunctionAsync("() => !drawn[0].isLog && location.hash.includes('f.loss=z5000..5100')");
        await open.Page.GetByLabel("x axis").SelectOptionAsync("flow");
        await open.Page.WaitForFunctionAsync("() => location.hash.includes('x=flow')");
        Assert.Equal(0.1 * (steps - 1), await open.Page.EvaluateAsync<double>("drawn[0].chart.data[0].at(-1)"), 6);
        await open.Page.GetByLabel("x axis").SelectOptionAsync("seconds");
        Assert.Equal(40, await open.Page.EvaluateAsync<double>("drawn[0].chart.data[0].at(-1)"), 6);
        await open.Page.GetByRole(AriaRole.Button, new() { Name = "values of Loss", Exact = false }).Or(
            open.Page.GetByLabel("values of loss")).First.ClickAsync();
        Assert.True(await open.Page.Locator(".values tr").CountAsync() > 100);
        Assert.Empty(open.Faults);
    }

    [Fact]
    public async Task A_run_is_drawn_in_every_view_and_its_removal_is_said()
    {
        using (var run = WrittenRun.Begin(_folder.Path("run")))
        {
            WrittenRun.Add(run, 0, 200);
            WrittenRun.End(run);
        }
        using var server = new ServedRuns(_folder.Path(""));
        foreach (var view in View.All)
        {
            await using var open = await chromium.OpenLive(server.Of("run"), view);
            await Has(open.Page, 200);
            await open.Painted();
            foreach (var check in Checks.Append("badDrawn()")) Assert.Empty(await open.Check(check));
            var image = Path.Combine(MadePages.Screenshots, $"live-run-{view.Name}.png");
            await open.Page.ScreenshotAsync(new() { FullPage = true, Path = image });
            Assert.Empty(open.Faults);
        }
        await using var page = await chromium.OpenLive(server.Of("run"), View.Light);
        await Has(page.Page, 200);
        RunFolders.Remove(_folder.Path("run"));
        await page.Page.GetByText("has been removed").WaitForAsync();
        Assert.Equal(200, await page.Page.EvaluateAsync<int>($"({Points})('loss').x.length"));
    }

    private static Task Has(IPage page, int points) =>
        page.WaitForFunctionAsync($"count => drawn.length === 2 && ({Points})('loss').x.length === count", points);

    /// <summary>Asserts that the page has every point of a series, to its seven digits.</summary>
    private static async Task AssertEqual(RunReader run, IPage page, string figure, SeriesKey series)
    {
        var points = run.Points(series);
        var x = await page.EvaluateAsync<double[]>($"name => ({Points})(name).x", figure);
        var y = await page.EvaluateAsync<double[]>($"name => ({Points})(name).y", figure);
        Assert.Equal(points.Select(point => (double)point.Step), x);
        Assert.Equal(points.Count, y.Length);
        for (var i = 0; i < y.Length; i++) Assert.Equal(points[i].Value, y[i], 1e-6 * Math.Abs(points[i].Value));
    }
}
