using System.Buffers.Binary;
using System.Text;
using Brink.Runs;
using Parquet;
using Parquet.Schema;

namespace Brink.Lab.Tests;

public class RunExportTests
{
    private static readonly DateTimeOffset Started = new(2025, 11, 24, 12, 0, 0, 250, TimeSpan.FromHours(2));

    private static readonly (string Process, string Name, long Step, double Value)[] Points =
    [
        ("gd", "loss", 0, 0.1 + 0.2), ("gd", "loss", 1, double.NaN), ("gd", "loss", 1L << 40, double.MaxValue),
        ("gd@1/S", "train_loss", 3, double.NegativeInfinity), ("flow", "ü", 2, double.Epsilon),
    ];

    [Fact]
    public async Task Parquet_has_every_point_of_series_to_the_last_bit()
    {
        using var folder = new TemporaryFolder();
        using var run = Run(folder);
        using var file = new MemoryStream();
        await ParquetExport.WriteSeries(run, file);
        var (columns, rows) = await Table(file);
        Assert.Equal(["process:text", "series:text", "step:Int64", "value:Double"], columns);
        Assert.Equal(
            Points.Select(point => (object[])[point.Process, point.Name, point.Step, BitConverter.DoubleToInt64Bits(point.Value)]),
            rows.Select(row => (object[])[row[0], row[1], row[2], BitConverter.DoubleToInt64Bits((double)row[3])]));
    }

    [Fact]
    public async Task Parquet_has_every_point_of_curves_in_their_order()
    {
        using var folder = new TemporaryFolder();
        using var run = Run(folder);
        using var file = new MemoryStream();
        await ParquetExport.WriteCurves(run, file);
        var (columns, rows) = await Table(file);
        Assert.Equal(["process:text", "curve:text", "step:Int64", "x:Double", "y:Double"], columns);
        Assert.Equal(
            [
                ["stages", "orbit", 4L, 1.0, 0.0],
                ["stages", "orbit", 4L, 2.0, double.NaN],
                ["stages", "orbit", 4L, 1.0, 0.5],
                ["stages", "orbit", 7L, -1.0, 0.1],
            ],
            rows.Select(row => row));
    }

    [Fact]
    public async Task A_run_without_numbers_is_a_table_without_rows()
    {
        using var folder = new TemporaryFolder();
        using (var writer = RunWriter.Create(folder.Path("run"))) writer.Commit();
        using var run = RunReader.Open(folder.Path("run"));
        using var file = new MemoryStream();
        await ParquetExport.WriteSeries(run, file);
        var (columns, rows) = await Table(file);
        Assert.Equal((4, 0), (columns.Count, rows.Count));
        var error = Assert.Throws<RunStoreException>(() => TensorBoardExport.FileName(run));
        Assert.Contains("the manifest contains no start time", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_checksum_in_this_test_follows_the_standard() =>
        // RFC 3720 (iSCSI), appendix B.4, and the check value of CRC-32C.
        Assert.Equal(
            (0xe3069283u, 0x8a9136aau),
            (Crc32C(Encoding.ASCII.GetBytes("123456789")), Crc32C(new byte[32])));

    [Fact]
    public void An_event_file_has_every_point_under_its_tag()
    {
        using var folder = new TemporaryFolder();
        using var run = Run(folder);
        using var file = new MemoryStream();
        TensorBoardExport.Write(run, file);
        var events = Records(file.ToArray()).Select(Fields).ToArray();
        var seconds = BitConverter.DoubleToUInt64Bits(Started.ToUnixTimeMilliseconds() / 1000.0);
        Assert.All(events, fields => Assert.Equal(seconds, fields[1]));
        Assert.Equal("brain.Event:2", Encoding.UTF8.GetString((byte[])events[0][3]));
        (string Tag, long Step, float Value)[] expected =
        [
            .. Points.Select(point => ($"{point.Process}/{point.Name}", point.Step, (float)point.Value)),
            // The x of an orbit are not increasing: the points are numbered, and their x have a separate tag.
            ("stages/orbit/4", 0, 0), ("stages/orbit/4", 1, float.NaN), ("stages/orbit/4", 2, 0.5f),
            ("stages/orbit/4/x", 0, 1), ("stages/orbit/4/x", 1, 2), ("stages/orbit/4/x", 2, 1),
            ("stages/orbit/7", -1, 0.1f),   // increasing integers are steps
        ];
        Assert.Equal(expected.Length, events.Length - 1);
        foreach (var ((tag, step, number), fields) in expected.Zip(events.Skip(1)))
        {
            Assert.Equal([1, 2, 5], fields.Keys.Order());
            var value = Fields((byte[])Fields((byte[])fields[5])[1]);
            Assert.Equal(tag, Encoding.UTF8.GetString((byte[])value[1]));
            Assert.Equal(unchecked((ulong)step), fields[2]);
            Assert.Equal(BitConverter.SingleToUInt32Bits(number), value[2]);
        }
        Assert.Equal($"events.out.tfevents.{Started.ToUnixTimeSeconds()}.run", TensorBoardExport.FileName(run));
    }

    private static RunReader Run(TemporaryFolder folder)
    {
        using (var writer = RunWriter.Create(folder.Path("run")))
        {
            writer.SetManifest("started", Started);
            foreach (var (process, name, step, value) in Points) writer.Add(process, name, step, value);
            writer.AddToCurve("stages", "orbit", 4, 1, 0);
            writer.AddToCurve("stages", "orbit", 4, 2, double.NaN);
            writer.AddToCurve("stages", "orbit", 7, -1, 0.1);
            writer.AddToCurve("stages", "orbit", 4, 1, 0.5);
            writer.Commit();
        }
        return RunReader.Open(folder.Path("run"));
    }

    private static async Task<(IReadOnlyList<string> Columns, IReadOnlyList<object[]> Rows)> Table(Stream file)
    {
        file.Position = 0;
        await using var reader = await ParquetReader.CreateAsync(file);
        var fields = reader.Schema.GetDataFields();
        Assert.All(fields, field => Assert.False(field.IsNullable));
        var rows = new List<object[]>();
        for (var i = 0; i < reader.RowGroupCount; i++)
        {
            using var group = reader.OpenRowGroupReader(i);
            var columns = new List<object[]>();
            foreach (var field in fields) columns.Add(await Column(group, field));
            rows.AddRange(Enumerable.Range(0, columns[0].Length).Select(row => columns.Select(column => column[row]).ToArray()));
        }
        return ([.. fields.Select(field => $"{field.Name}:{(IsText(field) ? "text" : field.ClrType.Name)}")], rows);
    }

    private static bool IsText(DataField field) => field.ClrType == typeof(ReadOnlyMemory<char>);

    private static async Task<object[]> Column(ParquetRowGroupReader group, DataField field)
    {
        var n = (int)group.RowCount;
        if (IsText(field))
        {
            var texts = new string?[n];
            await group.ReadAsync(field, texts.AsMemory());
            return [.. texts.Cast<object>()];
        }
        if (field.ClrType == typeof(long))
        {
            var numbers = new long[n];
            await group.ReadAsync<long>(field, numbers.AsMemory());
            return [.. numbers.Cast<object>()];
        }
        var values = new double[n];
        await group.ReadAsync<double>(field, values.AsMemory());
        return [.. values.Cast<object>()];
    }

    private static IEnumerable<byte[]> Records(byte[] file)
    {
        for (var at = 0; at < file.Length;)
        {
            var length = (int)BinaryPrimitives.ReadUInt64LittleEndian(file.AsSpan(at));
            var content = file.AsSpan(at + 12, length).ToArray();
            Assert.Equal(Unmasked(file, at + 8), Crc32C(file.AsSpan(at, 8).ToArray()));
            Assert.Equal(Unmasked(file, at + 12 + length), Crc32C(content));
            yield return content;
            at += length + 16;
        }
    }

    private static uint Unmasked(byte[] file, int at)
    {
        var turned = BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at)) - 0xa282ead8u;
        return (turned >> 17) | (turned << 15);
    }

    /// <summary>Computes CRC-32C bit by bit with the reflected polynomial of Castagnoli.</summary>
    private static uint Crc32C(byte[] data)
    {
        var crc = 0xffffffffu;
        foreach (var one in data)
        {
            crc ^= one;
            for (var bit = 0; bit < 8; bit++) crc = (crc & 1) != 0 ? (crc >> 1) ^ 0x82f63b78u : crc >> 1;
        }
        return crc ^ 0xffffffffu;
    }

    /// <summary>Parses a message of protocol buffers: by field number a ulong (varint, fixed64), a uint (fixed32) or
    /// bytes.</summary>
    private static Dictionary<int, object> Fields(byte[] message)
    {
        var fields = new Dictionary<int, object>();
        for (var at = 0; at < message.Length;)
        {
            var key = Varint(message, ref at);
            var start = at;
            object value;
            switch (key & 7)
            {
                case 0:
                    value = Varint(message, ref at);
                    break;
                case 1:
                    value = BinaryPrimitives.ReadUInt64LittleEndian(message.AsSpan(start));
                    at += 8;
                    break;
                case 2:
                    var length = (int)Varint(message, ref at);
                    value = message[at..(at + length)];
                    at += length;
                    break;
                case 5:
                    value = BinaryPrimitives.ReadUInt32LittleEndian(message.AsSpan(start));
                    at += 4;
                    break;
                default:
                    throw new InvalidDataException($"wire type {key & 7}");
            }
            fields.Add((int)(key >> 3), value);
        }
        return fields;
    }

    private static ulong Varint(byte[] message, ref int at)
    {
        var value = 0ul;
        for (var shift = 0; ; shift += 7)
        {
            var one = message[at++];
            value |= (ulong)(one & 0x7f) << shift;
            if (one < 0x80) return value;
        }
    }
}
