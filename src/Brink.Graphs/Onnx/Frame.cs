using Brink.Graphs.Onnx.Schema;

namespace Brink.Graphs.Onnx;

/// <summary>A call of a local function, or the model itself.</summary>
/// <param name="Sets">Operator sets of the function or the model.</param>
/// <param name="Caller">Scope of the call; null for the model.</param>
/// <param name="Function">The function; null for the model.</param>
/// <param name="Attributes">Attributes of the call and their defaults, by name; they are read in the scope they belong to.</param>
/// <param name="Prefix">Start of the names of nodes.</param>
/// <param name="Layer">Layer of the call.</param>
internal sealed record Frame(
    OperatorSets Sets,
    Scope? Caller,
    FunctionProto? Function,
    IReadOnlyDictionary<string, BoundAttribute> Attributes,
    string Prefix,
    string Layer)
{
    /// <summary>True if the function is being called, by this frame or one around it.</summary>
    public bool IsCalling(FunctionProto function)
    {
        for (var frame = this; frame is not null; frame = frame.Caller?.Frame)
            if (ReferenceEquals(frame.Function, function)) return true;
        return false;
    }
}

/// <summary>An attribute that a function receives.</summary>
/// <param name="Attribute">The attribute.</param>
/// <param name="Scope">The scope in which it is read.</param>
internal readonly record struct BoundAttribute(AttributeProto Attribute, Scope Scope);
