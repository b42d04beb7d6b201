using Parquet;
using Parquet.Schema;

namespace Brink.Runs;

/// <summary>Writes a run as Parquet tables, compressed by Snappy, with a row group for each series or curve name. No column
/// has nulls: NaN stays NaN.</summary>
public static class ParquetExport
{
    private static readonly DataField Process = new DataField<string>("process", nullable: false);
    private static readonly DataField Step = new DataField<long>("step");

    /// <summary>Writes all points of series: process, series (text), step (int64), value (double).</summary>
    /// <param name="to">Seekable stream; left open.</param>
    public static async Task WriteSeries(RunReader run, Stream to)
    {
        var series = new DataField<string>("series", nullable: false);
        var value = new DataField<double>("value");
        await using var table = await ParquetWriter.CreateAsync(new(Process, series, Step, value), to);
        foreach (var (process, name) in run.Series())
        {
            var points = run.Points(process, name);
            if (points.Count == 0) continue;
            using var group = table.CreateRowGroup();
            await group.WriteAsync(Process, Repeated(process, points.Count));
            await group.WriteAsync(series, Repeated(name, points.Count));
            await group.WriteAsync<long>(Step, points.Select(point => point.Step).ToArray());
            await group.WriteAsync<double>(value, points.Select(point => point.Value).ToArray());
            group.CompleteValidate();
        }
    }

    /// <summary>Writes all points of curves, in their order: process, curve (text), step (int64), x, y (double).</summary>
    /// <param name="to">Seekable stream; left open.</param>
    public static async Task WriteCurves(RunReader run, Stream to)
    {
        var curve = new DataField<string>("curve", nullable: false);
        var (x, y) = (new DataField<double>("x"), new DataField<double>("y"));
        await using var table = await ParquetWriter.CreateAsync(new(Process, curve, Step, x, y), to);
        foreach (var (process, name) in run.CurveNames())
        {
            var rows = run.Curves(process, name)
                .SelectMany(one => one.Points, (one, point) => (one.Step, Point: point))
                .ToArray();
            if (rows.Length == 0) continue;
            using var group = table.CreateRowGroup();
            await group.WriteAsync(Process, Repeated(process, rows.Length));
            await group.WriteAsync(curve, Repeated(name, rows.Length));
            await group.WriteAsync<long>(Step, Array.ConvertAll(rows, row => row.Step));
            await group.WriteAsync<double>(x, Array.ConvertAll(rows, row => row.Point.X));
            await group.WriteAsync<double>(y, Array.ConvertAll(rows, row => row.Point.Y));
            group.CompleteValidate();
        }
    }

    private static string[] Repeated(string text, int rows)
    {
        var column = new string[rows];
        Array.Fill(column, text);
        return column;
    }
}
