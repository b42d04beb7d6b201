using Brink.Kernels;
using Brink.Taylor;

namespace Brink.Tests.Taylor;

/// <summary>Every elementwise function that the engine or a test defines, found by its type.</summary>
internal static class ElementwiseFunctions
{
    public static IReadOnlyDictionary<string, Unary> All { get; } = new[] { typeof(IElementwise), typeof(ElementwiseFunctions) }
        .SelectMany(type => type.Assembly.GetTypes())
        .Where(type => type.IsValueType && type.IsAssignableTo(typeof(IElementwise)))
        .Select(type => (IElementwise)Activator.CreateInstance(type)!)
        .ToDictionary(
            f => f.Name,
            f => (Unary)Activator.CreateInstance(typeof(Unary<>).MakeGenericType(f.GetType()), f)!,
            StringComparer.Ordinal);

    public static TheoryData<string> Names => [.. All.Keys];

    /// <summary>Whether the function is finite at 0 and on both sides, not for positive numbers alone.</summary>
    public static bool IsDefinedEverywhere(this Unary f)
    {
        using var scope = NewDisposeScope();
        return f.Torch([tensor(new[] { -1.0, 0, 1 })]).isfinite().all().ToBoolean();
    }
}
