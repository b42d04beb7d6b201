using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Brink.Runs;

/// <summary>Writes a run as text, for other programs.</summary>
public static class RunExport
{
    /// <summary>Writes all points of series, one per line, under the header process,series,step,value. Numbers are written so
    /// that reading gives the same double; NaN and infinities are written by name.</summary>
    public static void WriteCsv(RunReader run, TextWriter to)
    {
        to.Write("process,series,step,value\n");
        foreach (var (process, name) in run.Series())
            foreach (var point in run.Points(process, name))
            {
                to.Write(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{process},{name},{point.Step},{point.Value:R}\n"));
            }
    }

    /// <summary>Writes all points of curves, in their order, under the header process,curve,step,x,y.</summary>
    public static void WriteCurvesCsv(RunReader run, TextWriter to)
    {
        to.Write("process,curve,step,x,y\n");
        foreach (var (process, name) in run.CurveNames())
            foreach (var curve in run.Curves(process, name))
                foreach (var point in curve.Points)
                {
                    to.Write(string.Create(
                        CultureInfo.InvariantCulture,
                        $"{process},{name},{curve.Step},{point.X:R},{point.Y:R}\n"));
                }
    }

    /// <summary>Writes manifest, events, series, curves and rasters as one JSON document.</summary>
    public static void WriteJson(RunReader run, TextWriter to)
    {
        var manifest = run.Manifest();
        to.Write("{\"manifest\":");
        to.Write(new JsonObject(manifest.Keys.Select(key => KeyValuePair.Create(key, manifest.Node(key)))).ToJsonString(RunJson.Options));
        to.Write(",\"events\":");
        to.Write(JsonSerializer.Serialize(run.Events(), RunJson.Options));
        // One item after the other: all data of a long run may not fit into memory.
        WriteList(to, "series", run.Series().Select(key => Series(run, key)));
        WriteList(to, "curves", run.CurveNames().SelectMany(key => Curves(run, key)));
        WriteList(to, "rasters", run.RasterNames().Select(key => Raster(run, key)));
        to.Write("}\n");
    }

    private static void WriteList(TextWriter to, string name, IEnumerable<JsonNode> items)
    {
        to.Write($",\"{name}\":[");
        foreach (var (i, item) in items.Index())
        {
            if (i > 0) to.Write(',');
            to.Write(item.ToJsonString(RunJson.Options));
        }
        to.Write(']');
    }

    private static JsonObject Series(RunReader run, SeriesKey key)
    {
        var points = run.Points(key.Process, key.Name);
        return new JsonObject
        {
            ["process"] = key.Process,
            ["name"] = key.Name,
            ["step"] = new JsonArray([.. points.Select(point => (JsonNode)point.Step)]),
            ["value"] = JsonSerializer.SerializeToNode(points.Select(point => point.Value), RunJson.Options),
        };
    }

    private static JsonObject Raster(RunReader run, SeriesKey key)
    {
        var raster = run.Raster(key)!;
        return new JsonObject
        {
            ["process"] = key.Process,
            ["name"] = key.Name,
            ["columns"] = raster.Columns,
            ["rows"] = raster.Rows,
            ["x"] = new JsonArray(raster.X.From, raster.X.To),
            ["y"] = new JsonArray(raster.Y.From, raster.Y.To),
            ["cells"] = JsonSerializer.SerializeToNode(raster.Cells, RunJson.Options),
        };
    }

    private static IEnumerable<JsonNode> Curves(RunReader run, SeriesKey key) =>
        run.Curves(key.Process, key.Name).Select(curve => new JsonObject
        {
            ["process"] = key.Process,
            ["name"] = key.Name,
            ["step"] = curve.Step,
            ["x"] = JsonSerializer.SerializeToNode(curve.Points.Select(point => point.X), RunJson.Options),
            ["y"] = JsonSerializer.SerializeToNode(curve.Points.Select(point => point.Y), RunJson.Options),
        });
}
