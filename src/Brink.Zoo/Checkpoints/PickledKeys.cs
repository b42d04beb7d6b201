namespace Brink.Zoo.Checkpoints;

/// <summary>Compares the keys of pickled dictionaries. The hash depends on a random number of the process, also for integers:
/// no file can be made whose keys all collide.</summary>
internal sealed class PickledKeys : IEqualityComparer<object>
{
    public static readonly PickledKeys Comparer = new();

    /// <summary>Returns whether a value can be a key here: a text, a number or a truth value.</summary>
    public static bool IsKey(object? value) => value is string or long or double or bool;

    public new bool Equals(object? x, object? y) => object.Equals(x, y);

    public int GetHashCode(object obj) => HashCode.Combine(obj);
}
