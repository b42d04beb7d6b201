namespace Brink.Zoo.Checkpoints;

/// <summary>Bounds the nesting of pickled values, so that no reader of them overflows the stack or repeats forever.</summary>
internal static class PickledTree
{
    private const int MaxDepth = 64;

    /// <exception cref="InvalidDataException">The values are nested too deeply, or one contains itself.</exception>
    public static void Check(object? value) => Height(value, 0, new(ReferenceEqualityComparer.Instance));

    /// <summary>Each container is visited once, however often it is referred to; a cycle has no bounded depth.</summary>
    private static int Height(object? value, int depth, Dictionary<object, int> known)
    {
        if (Children(value) is not { } children) return 0;
        if (!known.TryGetValue(value!, out var height))
        {
            if (depth > MaxDepth) throw TooDeep();
            foreach (var child in children) height = Math.Max(height, Height(child, depth + 1, known));
            known[value!] = ++height;
        }
        return depth + height <= MaxDepth ? height : throw TooDeep();
    }

    private static IEnumerable<object?>? Children(object? value) => value switch
    {
        OrderedDictionary<object, object?> dictionary => dictionary.Values,
        IEnumerable<object?> items => items,   // a list or a tuple
        _ => null,
    };

    private static InvalidDataException TooDeep() => new(
        $"values are nested more than {MaxDepth} levels deep; save state dicts and numbers only");
}
