using Brink.Graphs.Onnx.Schema;

namespace Brink.Graphs.Onnx;

/// <summary>The versions of ONNX that are read.</summary>
internal static class Versions
{
    public const int OldestOpset = 13;

    public const int NewestOpset = 23;

    /// <summary>The newest version of the file format that is read. The schema is that of version 13; Protobuf skips fields that it
    /// does not describe, and element types that it does not describe are refused.</summary>
    public const int NewestIr = 14;

    /// <summary>Refuses a model of a version that is not read.</summary>
    public static void Check(ModelProto model, string path)
    {
        if (model.IrVersion > NewestIr)
        {
            throw new GraphException(
                $"{path}: IR version {model.IrVersion} of ONNX; versions up to {NewestIr} are read:"
                    + " export the model with an older version");
        }
        if (model.IrVersion < 1) throw new GraphException($"{path}: damaged, or not an ONNX file: it has no IR version");
        if (model.Graph is null) throw Damage.In(path, "the file has no graph");
    }

    /// <summary>Refuses a version of the default operator set that is not read.</summary>
    /// <param name="where">The file, or the function in it.</param>
    public static int CheckedOpset(long version, string where)
    {
        if (version > NewestOpset)
        {
            throw new GraphException(
                $"{where}: opset {version}; opsets {OldestOpset} to {NewestOpset} are read:"
                    + $" export the model with opset {NewestOpset} or an older one");
        }
        if (version < OldestOpset)
        {
            throw new GraphException(
                $"{where}: opset {version}; opsets {OldestOpset} to {NewestOpset} are read:"
                    + " export the model with a newer opset, or convert it");
        }
        return (int)version;
    }
}
