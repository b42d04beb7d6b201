namespace Brink.Graphs;

/// <summary>Declares that a method computes an operator. The method takes a <see cref="Call"/> and returns the result, a
/// <see cref="Quantity"/>, or the results, an array of them.</summary>
/// <param name="name">Name of the operator in its vocabulary.</param>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
internal sealed class OperatorAttribute(string name) : Attribute
{
    /// <summary>Name of the operator in its vocabulary.</summary>
    public string Name { get; } = name;

    /// <summary>The inputs through which no derivative passes: positions, or names where arguments have names. A constant that
    /// is used there only is not a parameter.</summary>
    public object[] Fixed { get; init; } = [];

    /// <summary>True if no derivative passes through the operator: shapes, comparisons, rounding.</summary>
    public bool IsFlat { get; init; }

    /// <summary>True if only libtorch differentiates the operator: a model that has it runs on autograd.</summary>
    public bool OnAutograd { get; init; }
}
