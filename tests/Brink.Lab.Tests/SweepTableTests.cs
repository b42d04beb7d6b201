using Brink.Reports;
using Brink.Runs;

namespace Brink.Lab.Tests;

/// <summary>The table of a sweep, from the stores of its runs.</summary>
public class SweepTableTests
{
    [Fact]
    public void A_row_has_the_status_and_the_numbers_of_its_run()
    {
        using var folder = new TemporaryFolder();
        Assert.Equal(("waiting", false), Of("none"));
        var run = RunWriter.Create(folder.Path("run"));
        run.Set(RunSchema.Status, RunStatus.Running.Name());
        run.Set(RunSchema.Threads, 3);
        run.Set(RunSchema.Parameters, 12);
        run.SetManifest("results", new[] { 1, 2 });
        run.Add("gd", "loss", 0, 5);
        run.Add("gd", "loss", 10, 4);
        run.Add("gd", "loss", 9, 7);
        run.Add("gd", "loss_not_converged", 9, 7);
        run.Add("flow", "loss", 3, double.NaN);
        run.Commit();
        Assert.Equal(("running", false), Of("run"));
        var row = Row("run");
        // The last value is that of the largest step; lists and the origin of the run are left out.
        Assert.Equal(["flow.loss", "gd.loss", "parameters"], row.Results.Keys.Order());
        Assert.Equal((4, 12), (row.Results["gd.loss"], row.Results["parameters"]));
        Assert.Equal(double.NaN, row.Results["flow.loss"]);
        run.Dispose();
        Assert.Equal(("killed", false), Of("run"));
        (string Name, bool IsOutcome)[] statuses =
            [("completed", true), ("stable", true), ("diverged", true), ("failed", false), ("interrupted", false)];
        foreach (var (status, outcome) in statuses)
        {
            using (var writer = RunWriter.Reopen(folder.Path("run")).Run)
            {
                writer.Set(RunSchema.Status, status);
                writer.Commit();
            }
            Assert.Equal((status, outcome), Of("run"));
            Assert.Equal(status == "failed", Row("run").HasFailed);
        }
        // A process that was killed before it wrote a status, and a damaged store.
        RunWriter.Create(folder.Path("begun")).Dispose();
        Assert.Equal(("killed", false), Of("begun"));
        File.WriteAllText(folder.Path("begun/run.db"), "noise");
        Assert.Equal(("unreadable", false), Of("begun"));
        Assert.True(Row("begun").HasFailed);

        (string, bool) Of(string name) => (Row(name).Status, Row(name).HasOutcome);

        SweepRow Row(string name) => SweepRow.Of(1, ["0.1"], folder.Path(name));
    }

    [Fact]
    public void The_table_has_a_column_for_each_axis_and_each_result()
    {
        var table = new SweepTable(
            "rates",
            [new("learning_rate", true), new("model.hidden", false)],
            [
                new(1, ["0.1", "[8, 4]"], "/runs/0001", "completed", "said \"so\"", Results(("gd.loss", 0.25), ("seconds", 2))),
                new(2, ["0.2", "[8, 4]"], "/runs/0002", "waiting", "", Results()),
                new(3, ["0.3", "[8]"], "/runs/0003", "completed", "", Results(("gd.loss", double.NaN), ("flow.loss", 1e-9))),
            ]);
        Assert.Equal(
            "point,learning_rate,model.hidden,status,message,gd.loss,seconds,flow.loss\n"
                + "1,0.1,\"[8, 4]\",completed,\"said \"\"so\"\"\",0.25,2,\n"
                + "2,0.2,\"[8, 4]\",waiting,,,,\n"
                + "3,0.3,[8],completed,,NaN,,1E-09\n",
            table.Csv());
        Assert.Equal([("completed", 2), ("waiting", 1)], table.Counts);

        static Dictionary<string, double> Results(params (string Name, double Value)[] values) =>
            values.ToDictionary(one => one.Name, one => one.Value, StringComparer.Ordinal);
    }
}
