using System.Globalization;
using System.Text.Json.Nodes;
using Brink.Runs;

namespace Brink.Lab.Tests;

public class RunStoreTests
{
    [Fact]
    public void Written_values_are_read_back_to_the_last_bit()
    {
        using var folder = new TemporaryFolder();
        double[] values = [0.1 + 0.2, Math.PI * 1e-300, double.MaxValue, double.NaN, double.PositiveInfinity, -0.0];
        using (var writer = RunWriter.Create(folder.Path("run")))
        {
            for (var i = 0; i < values.Length; i++) writer.Add("gd", "loss", i, values[i]);
            writer.Add("flow", "x", 7, 1);
            writer.AddEvent(3, "kind", "a 'message'\nin two lines");
            writer.SetManifest("threshold", 50.5);
            writer.SetManifest("name", "ü");
            writer.SetManifest("nothing", null);
            writer.SetManifest("status", "running");
            writer.SetManifest("status", "completed");
            writer.Commit();
        }
        using var reader = RunReader.Open(folder.Path("run"));
        // Compared as numbers: SQLite does not store the sign of zero.
        Assert.Equal(values, reader.Points("gd", "loss").Select(point => point.Value));
        Assert.Equal([new("gd", "loss"), new SeriesKey("flow", "x")], reader.Series());
        Assert.Equal([new RunEvent(3, "kind", "a 'message'\nin two lines")], reader.Events());
        var manifest = reader.Manifest();
        Assert.Equal((50.5, "ü", "completed"), (manifest.Number("threshold"), manifest.Text("name"), manifest.Status));
        Assert.Null(manifest.Number("nothing"));
        Assert.Null(manifest.Text("absent"));
        Assert.Empty(reader.Points("gd", "absent"));
    }

    [Fact]
    public void A_reader_sees_committed_rows_while_the_run_continues()
    {
        using var folder = new TemporaryFolder();
        using var writer = RunWriter.Create(folder.Path("run"));
        writer.Add("gd", "loss", 0, 1);
        writer.Commit();
        using var reader = RunReader.Open(folder.Path("run"));
        writer.Add("gd", "loss", 1, 2);
        Assert.Single(reader.Points("gd", "loss"));
        writer.Commit();
        Assert.Equal(2, reader.Points("gd", "loss").Count);
    }

    [Fact]
    public void ManifestOf_equals_the_manifest_of_a_reader_at_rest_during_writing_and_after_damage()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Path("run");
        using (var run = RunWriter.Create(path))
        {
            run.SetManifest("status", "running");
            run.SetManifest("seconds", 1.5);
            run.Commit();
            AssertSame();
            run.SetManifest("seconds", 2.5);
            run.SetManifest("status", "completed");
            run.Commit();
            AssertSame();   // the manifest is in the log
        }
        AssertSame();
        Assert.Equal(2.5, RunReader.ManifestOf(path).Number("seconds"));
        var file = Path.Combine(path, "run.db");
        var bytes = File.ReadAllBytes(file);
        foreach (var length in new[] { 0, 50, 1000, bytes.Length - 1000 })
        {
            // Both refuse the store with the same message, or both read it if the damage is elsewhere.
            File.WriteAllBytes(file, bytes[..length]);
            var refusal = Record.Exception(() => Whole());
            Assert.Equal(length > 1000, refusal is null);
            Assert.Equal(refusal?.Message, Record.Exception(() => RunReader.ManifestOf(path))?.Message);
        }

        RunManifest Whole()
        {
            using var reader = RunReader.Open(path);
            return reader.Manifest();
        }

        void AssertSame()
        {
            var (whole, alone) = (Whole(), RunReader.ManifestOf(path));
            Assert.Equal(whole.Keys.Order(StringComparer.Ordinal), alone.Keys.Order(StringComparer.Ordinal));
            Assert.All(whole.Keys, key => Assert.Equal(whole.Node(key)!.ToJsonString(), alone.Node(key)!.ToJsonString()));
        }
    }

    [Fact]
    public void A_store_at_rest_is_one_file_and_reading_it_writes_nothing()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Path("run");
        using (var run = RunWriter.Create(path))
        {
            run.Add("gd", "loss", 0, 1.5);
            run.Commit();
            Assert.True(File.Exists(Path.Combine(path, "run.db-wal")));
            Assert.Equal(1.5, Assert.Single(Points()).Value);
        }
        string[] expected = ["run.db"];
        Assert.Equal(expected, Files());
        var file = Path.Combine(path, "run.db");
        var bytes = File.ReadAllBytes(file);
        using (var reader = RunReader.Open(path))
        {
            Assert.Equal(1.5, Assert.Single(reader.Points("gd", "loss")).Value);
            Assert.Equal(expected, Files());
        }
        Assert.Equal(bytes, File.ReadAllBytes(file));

        // A reopened run has a log again, which is read as well.
        using (var run = RunWriter.Reopen(path).Run)
        {
            run.Add("gd", "loss", 0, 2.5);
            run.Commit();
            Assert.Equal(2.5, Assert.Single(Points()).Value);
        }
        Assert.Equal(2.5, Assert.Single(Points()).Value);
        Assert.Equal(expected, Files());

        string[] Files() => [.. Directory.EnumerateFiles(path).Select(one => Path.GetFileName(one)).Order(StringComparer.Ordinal)];

        IReadOnlyList<SeriesPoint> Points()
        {
            using var reader = RunReader.Open(path);
            return reader.Points("gd", "loss");
        }
    }

    [Fact]
    public void A_store_that_is_read_while_its_writer_closes_keeps_its_log_and_its_numbers()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Path("run");
        var run = RunWriter.Create(path);
        run.Add("gd", "loss", 0, 1.5);
        run.Commit();
        using (var reader = RunReader.Open(path))
        {
            Assert.Equal(1.5, Assert.Single(reader.Points("gd", "loss")).Value);
            run.Dispose();
            Assert.Equal(1.5, Assert.Single(reader.Points("gd", "loss")).Value);
        }
        using var later = RunReader.Open(path);
        Assert.Equal(1.5, Assert.Single(later.Points("gd", "loss")).Value);
    }

    [Fact]
    public void Uncommitted_points_are_discarded_and_a_repeated_step_counts_once()
    {
        using var folder = new TemporaryFolder();
        using (var writer = RunWriter.Create(folder.Path("run")))
        {
            writer.Add("gd", "loss", 0, 1);
            writer.Add("gd", "loss", 0, 5);
            writer.Commit();
            writer.Add("gd", "loss", 1, 2);
        }
        using var reader = RunReader.Open(folder.Path("run"));
        Assert.Equal([new SeriesPoint(0, 5)], reader.Points("gd", "loss"));
    }

    [Fact]
    public void A_curve_keeps_the_order_of_its_points_and_curves_are_sorted_by_step()
    {
        using var folder = new TemporaryFolder();
        CurvePoint[] orbit = [new(1, 0), new(2, Math.PI * 1e-300), new(1, 0.1 + 0.2), new(double.NaN, 3), new(0.5, double.NaN), new(1, 0)];
        using (var writer = RunWriter.Create(folder.Path("run")))
        {
            writer.AddToCurve("constrained", "beta_from", 50, 0, 4);
            foreach (var (i, (x, y)) in orbit.Index())
            {
                writer.AddToCurve("stages", "level", 2, x, y);
                writer.AddToCurve("stages", "level", 1, -x, i);   // two curves that grow together
                writer.Commit();
            }
            writer.AddToCurve("constrained", "beta_from", 0, 0, 5);
            writer.Commit();
        }
        using var reader = RunReader.Open(folder.Path("run"));
        var levels = reader.Curves("stages", "level");
        Assert.Equal([1, 2], levels.Select(curve => curve.Step));
        Assert.Equal(orbit, levels[1].Points);
        Assert.Equal([0, 1, 2, 3, 4, 5], levels[0].Points.Select(point => point.Y));
        Assert.Equal([0, 50], reader.Curves("constrained", "beta_from").Select(curve => curve.Step));
        Assert.Equal([new("constrained", "beta_from"), new SeriesKey("stages", "level")], reader.CurveNames());
        Assert.Empty(reader.Curves("stages", "absent"));
        Assert.Empty(reader.Series());
    }

    [Fact]
    public void A_curve_is_readable_while_it_grows_and_is_discarded_with_its_step()
    {
        using var folder = new TemporaryFolder();
        using var writer = RunWriter.Create(folder.Path("run"));
        writer.AddToCurve("gd", "phase", 3, 1, 1);
        writer.AddToCurve("gd", "phase", 7, 1, 1);
        writer.Commit();
        using var reader = RunReader.Open(folder.Path("run"));
        writer.AddToCurve("gd", "phase", 7, 2, 2);
        Assert.Single(reader.Curves("gd", "phase")[1].Points);
        writer.Commit();
        Assert.Equal([new(1, 1), new CurvePoint(2, 2)], reader.Curves("gd", "phase")[1].Points);
        writer.DiscardFrom(7);
        writer.Commit();
        Assert.Equal([3], reader.Curves("gd", "phase").Select(curve => curve.Step));
        writer.AddToCurve("gd", "phase", 7, 5, 5);
        writer.AddToCurve("gd", "phase", 3, 4, 4);
        writer.Commit();
        Assert.Equal([new CurvePoint(5, 5)], reader.Curves("gd", "phase")[1].Points);
        Assert.Equal([new(1, 1), new CurvePoint(4, 4)], reader.Curves("gd", "phase")[0].Points);
    }

    [Fact]
    public void Nothing_is_overwritten()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.Path("full"));
        File.WriteAllText(folder.Path("full/mine.txt"), "mine");
        Assert.Contains(
            "exists already",
            Assert.Throws<RunStoreException>(() => RunWriter.Create(folder.Path("full"))).Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "exists already",
            Assert.Throws<RunStoreException>(() => RunWriter.Create(folder.Path("full/mine.txt"))).Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "cannot be created",
            Assert.Throws<RunStoreException>(() => RunWriter.Create(folder.Path("full/mine.txt/run"))).Message,
            StringComparison.Ordinal);
        Assert.Equal("mine", File.ReadAllText(folder.Path("full/mine.txt")));
        Directory.CreateDirectory(folder.Path("empty"));
        using var writer = RunWriter.Create(folder.Path("empty"));
        Assert.Equal(folder.Path("runs/a"), RunFolders.New(folder.Path("runs"), "a"));
        Directory.CreateDirectory(folder.Path("runs/a"));
        Assert.Equal(folder.Path("runs/a-2"), RunFolders.New(folder.Path("runs"), "a"));
    }

    [Fact]
    public void Folders_that_are_not_runs_are_refused_with_the_reason()
    {
        using var folder = new TemporaryFolder();
        Assert.Contains(
            "not a run (no file run.db)",
            Assert.Throws<RunStoreException>(() => RunReader.Open(folder.Path("none"))).Message,
            StringComparison.Ordinal);
        Directory.CreateDirectory(folder.Path("damaged"));
        File.WriteAllText(folder.Path("damaged/run.db"), new string('x', 5000));
        Assert.Contains(
            "damaged", Assert.Throws<RunStoreException>(() => RunReader.Open(folder.Path("damaged"))).Message, StringComparison.Ordinal);
        Directory.CreateDirectory(folder.Path("other"));
        File.WriteAllText(folder.Path("other/run.db"), "");   // an empty database: version 0
        Assert.Contains(
            "format 0", Assert.Throws<RunStoreException>(() => RunReader.Open(folder.Path("other"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Runs_are_found_by_name_or_by_folder()
    {
        using var folder = new TemporaryFolder();
        Assert.Contains(
            "contains no runs",
            Assert.Throws<RunStoreException>(() => RunFolders.Find(folder.Path("runs"), "x")).Message,
            StringComparison.Ordinal);
        using (RunWriter.Create(folder.Path("runs/a")))
        {
        }
        Assert.Equal(folder.Path("runs/a"), RunFolders.Find(folder.Path("runs"), "a"));
        Assert.Equal(folder.Path("runs/a"), RunFolders.Find("elsewhere", folder.Path("runs/a")));
        Assert.Contains(
            "contains a",
            Assert.Throws<RunStoreException>(() => RunFolders.Find(folder.Path("runs"), "b")).Message,
            StringComparison.Ordinal);
        Assert.Single(RunFolders.All(folder.Path("runs")));
        Assert.Empty(RunFolders.All(folder.Path("nowhere")));
    }

    [Fact]
    public void Csv_has_one_line_for_each_point_and_is_exact()
    {
        using var folder = new TemporaryFolder();
        using (var writer = RunWriter.Create(folder.Path("run")))
        {
            writer.Add("gd", "loss", 3, 0.1 + 0.2);
            writer.Add("gd", "loss", 4, double.NaN);
            writer.AddToCurve("gd", "phase", 3, 2, 0.1 + 0.2);
            writer.AddToCurve("gd", "phase", 3, 1, double.NaN);
            writer.Commit();
        }
        using var reader = RunReader.Open(folder.Path("run"));
        using var text = new StringWriter();
        RunExport.WriteCsv(reader, text);
        Assert.Equal("process,series,step,value\ngd,loss,3,0.30000000000000004\ngd,loss,4,NaN\n", text.ToString());
        using var curves = new StringWriter();
        RunExport.WriteCurvesCsv(reader, curves);
        Assert.Equal("process,curve,step,x,y\ngd,phase,3,2,0.30000000000000004\ngd,phase,3,1,NaN\n", curves.ToString());
        using var json = new StringWriter();
        RunExport.WriteJson(reader, json);
        var document = JsonNode.Parse(json.ToString())!;
        Assert.Equal("[0.30000000000000004,\"NaN\"]", document["series"]![0]!["value"]!.ToJsonString());
        Assert.Equal(
            """{"process":"gd","name":"phase","step":3,"x":[2,1],"y":[0.30000000000000004,"NaN"]}""",
            document["curves"]!.AsArray().Single()!.ToJsonString());
        Assert.Equal(0.1 + 0.2, double.Parse("0.30000000000000004", CultureInfo.InvariantCulture));
    }

    [Fact]
    public void A_raster_is_read_back_bit_for_bit_and_a_damaged_one_is_reported()
    {
        using var folder = new TemporaryFolder();
        var raster = new Raster(3, 2, new(-1, 2), new(0, 0.5), [1, double.NaN, -0.1, double.MaxValue, 5, 6]);
        using (var writer = RunWriter.Create(folder.Path("run")))
        {
            writer.SetRaster(new("plane", "loss"), raster);
            writer.Commit();
        }
        using (var reader = RunReader.Open(folder.Path("run")))
        {
            Assert.Equal([new("plane", "loss")], reader.RasterNames());
            var read = reader.Raster(new("plane", "loss"))!;
            Assert.Equal(raster with { Cells = read.Cells }, read);
            Assert.Equal(raster.Cells, read.Cells);
            Assert.Null(reader.Raster(new("plane", "other")));
        }
        using (var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={folder.Path("run")}/run.db;Pooling=False"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "UPDATE raster SET columns = 4";
            command.ExecuteNonQuery();
        }
        using var damaged = RunReader.Open(folder.Path("run"));
        Assert.Contains(
            "damaged", Assert.Throws<RunStoreException>(() => damaged.Raster(new("plane", "loss"))).Message, StringComparison.Ordinal);
    }
}
