using Brink.Reports;
using Brink.Runs;

namespace Brink.Lab.Tests;

public class OverviewTests
{
    public static TheoryData<object, string[]> Values => new()
    {
        { 0.123456789, ["results|some key|0.123457"] },
        { 12345678L, ["results|some key|12345678"] },
        { double.NaN, ["results|some key|–"] },
        { double.PositiveInfinity, ["results|some key|Infinity"] },
        { true, ["results|some key|yes"] },
        { "some words", ["results|some key|some words"] },
        { new[] { 1.5, double.NaN, 3 }, ["results|some key|1.5, –, 3"] },
        { Enumerable.Range(1, 14).ToArray(), ["results|some key|1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, and 2 more"] },
        { new { X = 1, Inner = new { Why = "so", None = (int?)null } }, ["results|some key x|1", "results|some key inner why|so"] },
        {
            new[] { new { A = 1, B = new { C = "c" } }, new { A = 2, B = new { C = "d" } } },
            ["some key|a|b c", "some key|1|c", "some key|2|d"]
        },
        { new object[] { new { A = 1 }, new { B = new[] { 1, 2 } } }, ["some key|a|b", "some key|1|–", "some key|–|1, 2"] },
        { new[] { new { A = (double?)null, Rows = new[] { new { B = 1 } } } }, ["some key|a|rows", "some key|–|1 rows"] },
        {
            Enumerable.Range(0, 40).Select(i => new { I = i }).ToArray(),
            ["some key|i", .. Enumerable.Range(0, 30).Select(i => $"some key|{i}"), "some key|and 10 more"]
        },
        { new[] { new[] { 1, 2 }, new[] { 3 } }, ["results|some key|1, 2, 3"] },
        { Array.Empty<int>(), [] },
    };

    [Theory, MemberData(nameof(Values))]
    public void Every_value_of_a_manifest_is_shown_as_lines_or_a_table(object value, string[] expected)
    {
        using var folder = new TemporaryFolder();
        using (var writer = RunWriter.Create(folder.Path("run")))
        {
            writer.SetManifest("status", "completed");
            writer.SetManifest("some_key", value);
            writer.Commit();
        }
        using var run = RunReader.Open(folder.Path("run"));
        var shown = Overview.Of(run).Where(table => table.Title != "run")
            .SelectMany(table => (table.Head.Count > 0 ? table.Rows.Prepend([.. table.Head]) : table.Rows)
                .Select(row => $"{table.Title}|{string.Join('|', row)}"));
        Assert.Equal(expected, shown);
    }

    [Theory]
    [InlineData(
        "{ \"study\": \"escape\", \"sizes\": [1, 2], \"data\": { \"set\": \"mnist\" } }", "study escape", "sizes 1, 2", "data set mnist")]
    [InlineData("study: edge\ndata:\n  set: mnist\n", "study: edge", "data:", "  set: mnist")]
    [InlineData("game: a\nl = {x}", "game: a", "l = {x}")]
    public void An_experiment_is_shown_line_by_line_whether_YAML_or_JSON(string experiment, params string[] lines)
    {
        using var folder = new TemporaryFolder();
        using (var writer = RunWriter.Create(folder.Path("run")))
        {
            writer.SetManifest("experiment", experiment);
            writer.Commit();
        }
        using var run = RunReader.Open(folder.Path("run"));
        Assert.Equal(lines, Overview.Of(run).Single(table => table.Title == "experiment").Rows.Select(row => string.Join(' ', row)));
    }

    [Fact]
    public void A_running_run_that_no_process_writes_is_shown_as_killed()
    {
        using var folder = new TemporaryFolder();
        using (var writer = RunWriter.Create(folder.Path("run")))
        {
            writer.SetManifest("status", "running");
            writer.Commit();
            Assert.Equal("running", Status());
        }
        Assert.Equal("killed", Status());

        string Status()
        {
            using var run = RunReader.Open(folder.Path("run"));
            return Overview.Of(run)[0].Rows.Single(row => row[0] == "status")[1];
        }
    }
}
