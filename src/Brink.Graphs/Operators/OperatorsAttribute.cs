namespace Brink.Graphs;

/// <summary>Declares that a class holds operators of a vocabulary, in methods with <see cref="OperatorAttribute"/>.</summary>
/// <param name="vocabulary">The vocabulary.</param>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class OperatorsAttribute(Vocabulary vocabulary) : Attribute
{
    /// <summary>The vocabulary.</summary>
    public Vocabulary Vocabulary { get; } = vocabulary;
}
