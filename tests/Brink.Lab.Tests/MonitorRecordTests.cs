using Brink.Monitoring;
using Brink.Reports;
using Brink.Runs;

namespace Brink.Lab.Tests;

public sealed class MonitorRecordTests
{
    [Fact]
    public void Readings_are_a_run_that_can_be_drawn_during_training()
    {
        using var folder = new TemporaryFolder();
        using (var record = new MonitorRecord(folder.Path("mine")))
        {
            for (var step = 0; step < 40; step += 10)
            {
                var effective = 1.4 + (0.03 * step);
                record.Add(new(
                    step, 1.0 / (1 + step), 0.1, effective * 10, effective, [0.5, -0.25], 0.03, 2, effective > 2
                        ? StabilityVerdict.AtTheEdge
                        : StabilityVerdict.Sharpening, 4, step != 20, 0.05));
            }
            using var during = RunReader.Open(folder.Path("mine"));
            Assert.Equal("running", during.Manifest().Status);
        }
        using var run = RunReader.Open(folder.Path("mine"));
        Assert.Equal([1.4, 1.7, 2.0, 2.3], run.Points("monitor", "effective_sharpness").Select(point => Math.Round(point.Value, 9)));
        Assert.Equal([0.25, 0.25, 0.25, 0.25], run.Points("monitor", "alignment_2").Select(point => point.Value));
        Assert.Equal(
            [(0L, "verdict", "sharpening"), (20L, "not_converged", "the largest eigenvalues"), (30L, "verdict", "at the edge")],
            run.Events().Select(one => (one.Step, one.Kind, one.Message)));
        Assert.Contains("passed the edge of stability, 2, at step 30", Story.Of(run), StringComparison.Ordinal);
        Assert.Equal(StudyReports.Standard.Of(run).FigureNames, Figures.Of(run).Select(figure => figure.Name));
        var events = Overview.Of(run).Single(table => table.Title == "events");
        Assert.Equal(
            [["verdict", "2", "0", "30", "at the edge"], ["not converged", "1", "20", "20", "the largest eigenvalues"]], events.Rows);
        Assert.Contains(Overview.Of(run), table => table.Title == "results" && table.Rows.Any(row => row is ["verdict", "at the edge"]));
    }

    [Fact]
    public void Advice_and_the_end_of_a_warm_up_are_on_the_page_during_training()
    {
        using var folder = new TemporaryFolder();
        using (var record = new MonitorRecord(folder.Path("mine")))
        {
            record.Add(Reading(step: 1, rate: 0.1, effective: 1.5, slope: double.NaN));
            Thread.Sleep(300);   // points are committed four times a second
            record.Add(Reading(step: 10, rate: 0.1, effective: 1.4, slope: -0.01));
            using (var during = RunReader.Open(folder.Path("mine")))
            {
                Assert.Contains(
                    "A warm-up to 0.2 may end at step 50: at 0.2 the effective sharpness is 2.8",
                    Story.Of(during),
                    StringComparison.Ordinal);
                Page.Write([during], folder.Path("page.html"));
            }
            var page = File.ReadAllText(folder.Path("page.html"));
            foreach (var part in new[] { "momentum 0.9", "(2 + 2 beta)/S", "Adam", "not known", "A warm-up to 0.2 may end at step 50" })
                Assert.Contains(part, page, StringComparison.Ordinal);
            record.Add(Reading(step: 50, rate: 0.1, effective: 0.9, slope: -0.01));
        }
        using var run = RunReader.Open(folder.Path("mine"));
        Assert.Equal([double.NaN, 50, 50], run.Points("monitor", "warm_up_end").Select(point => point.Value));
        Assert.Equal([1, 10, 50], run.Events().Where(one => one.Kind == "warm_up").Select(one => (int)one.Step));
        Assert.Equal(
            "at 0.2 the effective sharpness is 1.8, below 2: end the warm-up now",
            run.Manifest().Node("warm_up")!["reason"]!.GetValue<string>());
    }

    [Fact]
    public void After_a_divergence_the_page_states_that_the_largest_stable_learning_rate_is_unknown()
    {
        using var folder = new TemporaryFolder();
        using (var record = new MonitorRecord(folder.Path("mine")))
        {
            record.Add(Reading(step: 1, rate: 0.1, effective: 1.5, slope: double.NaN));
            record.Add(Reading(step: 2, rate: 0.1, effective: double.NaN, slope: double.NaN));
        }
        using var run = RunReader.Open(folder.Path("mine"));
        Assert.Equal(double.NaN, run.Points("monitor", "largest_stable_learning_rate")[^1].Value);
        var story = Story.Of(run);
        Assert.Contains("The curvature was not finite in 1 of 2 measurements, the first time at step 2.", story, StringComparison.Ordinal);
        Assert.Contains("The largest stable learning rate at the last measurement is not known.", story, StringComparison.Ordinal);
        Assert.Contains("it was at most 1.5, at step 1", story, StringComparison.Ordinal);
        Assert.DoesNotContain("NaN", story, StringComparison.Ordinal);
        Assert.DoesNotContain("∞", story, StringComparison.Ordinal);
        Page.Write([run], folder.Path("page.html"));
    }

    private static StabilityReading Reading(long step, double rate, double effective, double slope) =>
        new(step, effective, rate, effective / rate, effective, [0.5], slope, null, StabilityVerdict.Stable, 4, true, 0.05)
        {
            WarmUpTarget = 0.2,
            Advice = StepAdvice.For(effective / rate, double.NaN),
        };
}
