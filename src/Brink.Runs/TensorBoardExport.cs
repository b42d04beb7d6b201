using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using Google.Protobuf;

namespace Brink.Runs;

/// <summary>Writes a run as an event file of TensorBoard: records in the framing of TFRecord, each a protocol buffers message
/// tensorflow.Event.</summary>
/// <remarks>Fields of the messages (event.proto and summary.proto of TensorFlow): Event { 1 double wall_time;
/// 2 int64 step; 3 string file_version; 5 Summary summary }, Summary { 1 repeated Value value },
/// Value { 1 string tag; 2 float simple_value }.</remarks>
public static class TensorBoardExport
{
    // From this version on, a reader does not interpret a step below the previous one as a restart that invalidates earlier
    // events: here the series follow one another.
    private const string Version = "brain.Event:2";

    private const int MessageSize = 256;   // about the size of a point; longer messages are written in pieces

    private const uint WallTime = (1 << 3) | Fixed64, Step = (2 << 3) | Varint;
    private const uint FileVersion = (3 << 3) | Bytes, Summary = (5 << 3) | Bytes;
    private const uint Value = (1 << 3) | Bytes, Tag = (1 << 3) | Bytes, SimpleValue = (2 << 3) | Fixed32;
    private const uint Varint = 0, Fixed64 = 1, Bytes = 2, Fixed32 = 5;   // wire types

    /// <summary>Returns the name that TensorBoard looks for: events.out.tfevents.SECONDS.RUN, with the second in which the
    /// run started and the name of its folder.</summary>
    /// <exception cref="RunStoreException">The manifest does not contain the start of the run.</exception>
    public static string FileName(RunReader run) => string.Create(
        CultureInfo.InvariantCulture,
        $"events.out.tfevents.{Started(run).ToUnixTimeSeconds()}.{Path.GetFileName(run.Folder)}");

    /// <summary>Writes all points of series, each under the tag process/series, and of curves under process/curve/step, where
    /// step is the step that the curve belongs to. Values are float32, as in every such file. The wall time of each point is
    /// the start of the run, since points have no time of their own.</summary>
    /// <remarks>TensorBoard draws values over integers. If the x of a curve are increasing integers, they are the steps;
    /// otherwise the steps number its points, and process/curve/step/x contains their x.</remarks>
    /// <exception cref="RunStoreException">The manifest does not contain the start of the run.</exception>
    public static void Write(RunReader run, Stream to)
    {
        var started = Started(run).ToUnixTimeMilliseconds() / 1000.0;
        WriteRecord(to, Message(started, message => Text(message, FileVersion, Version)));
        foreach (var (process, name) in run.Series()) WriteScalars($"{process}/{name}", run.Points(process, name));
        foreach (var (process, name) in run.CurveNames())
            foreach (var (step, curve) in run.Curves(process, name))
            {
                var tag = string.Create(CultureInfo.InvariantCulture, $"{process}/{name}/{step}");
                var counts = AreSteps(curve);
                WriteScalars(tag, curve.Select((point, i) => new SeriesPoint(counts ? (long)point.X : i, point.Y)));
                if (!counts) WriteScalars(tag + "/x", curve.Select((point, i) => new SeriesPoint(i, point.X)));
            }

        void WriteScalars(string tag, IEnumerable<SeriesPoint> scalars)
        {
            foreach (var point in scalars) WriteRecord(to, Scalar(started, tag, point));
        }
    }

    // A double represents every integer up to 2^53 exactly.
    private static bool AreSteps(IReadOnlyList<CurvePoint> curve) =>
        curve.All(point => double.IsInteger(point.X) && Math.Abs(point.X) <= 1L << 53)
        && curve.Zip(curve.Skip(1)).All(pair => pair.First.X < pair.Second.X);

    private static byte[] Scalar(double wallTime, string tag, SeriesPoint point)
    {
        var value = Nested(message =>
        {
            Text(message, Tag, tag);
            message.WriteTag(SimpleValue);
            message.WriteFloat((float)point.Value);
        });
        var summary = Nested(message => Embedded(message, Value, value));
        return Message(wallTime, message =>
        {
            message.WriteTag(Step);
            message.WriteInt64(point.Step);
            Embedded(message, Summary, summary);
        });
    }

    private static byte[] Message(double wallTime, Action<CodedOutputStream> rest) => Nested(message =>
    {
        message.WriteTag(WallTime);
        message.WriteDouble(wallTime);
        rest(message);
    });

    private static byte[] Nested(Action<CodedOutputStream> write)
    {
        using var bytes = new MemoryStream();
        using (var message = new CodedOutputStream(bytes, MessageSize, leaveOpen: true)) write(message);
        return bytes.ToArray();
    }

    private static void Text(CodedOutputStream message, uint tag, string text)
    {
        message.WriteTag(tag);
        message.WriteString(text);
    }

    private static void Embedded(CodedOutputStream message, uint tag, byte[] content)
    {
        message.WriteTag(tag);
        message.WriteBytes(ByteString.CopyFrom(content));
    }

    /// <summary>Writes a TFRecord: length (uint64), checksum of the length, content, checksum of the content; all
    /// little-endian.</summary>
    private static void WriteRecord(Stream to, byte[] content)
    {
        Span<byte> head = stackalloc byte[12], tail = stackalloc byte[4];
        BinaryPrimitives.WriteUInt64LittleEndian(head, (ulong)content.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(head[8..], Masked(Crc32C(head[..8])));
        BinaryPrimitives.WriteUInt32LittleEndian(tail, Masked(Crc32C(content)));
        to.Write(head);
        to.Write(content);
        to.Write(tail);
    }

    // TFRecord masks its checksums, so that the checksum of data that contain checksums is not degenerate.
    private static uint Masked(uint crc) => BitOperations.RotateRight(crc, 15) + 0xa282ead8;

    private static uint Crc32C(ReadOnlySpan<byte> data)
    {
        var crc = uint.MaxValue;
        foreach (var one in data) crc = BitOperations.Crc32C(crc, one);
        return ~crc;
    }

    private static DateTimeOffset Started(RunReader run) =>
        DateTimeOffset.TryParse(
            run.Manifest().Text("started"),
            CultureInfo.InvariantCulture,
            DateTimeStyles.None,
            out var started)
            ? started
            : throw new RunStoreException(
                $"{run.Folder}: the manifest contains no start time, which an event file needs; export the run in another format");
}
