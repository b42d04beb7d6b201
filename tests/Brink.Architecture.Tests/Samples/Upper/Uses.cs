using Brink.Architecture.Tests.Samples.Lower;

namespace Brink.Architecture.Tests.Samples.Upper;

internal sealed class ByBaseType : Lowest;

internal sealed class ByInterface : ILowest;

internal interface IByInterface : ILowest;

[Lowest]
internal sealed class ByAttribute;

internal static class ByAttributeOfProperty
{
    [Lowest]
    public static int One => 1;
}

internal sealed class ByField
{
    public Lowest? Held { get; set; }
}

internal sealed class ByElementOfArray
{
    public Lowest[]? Held { get; set; }
}

internal static class ByParameter
{
    public static bool IsThere(Lowest? one) => one is not null;
}

internal static class ByResult
{
    public static Lowest? Nothing() => null;
}

internal static class ByTypeArgument
{
    public static int Count() => new List<Lowest>().Count;
}

internal static class ByMethodArgument
{
    public static object None() => Array.Empty<Lowest>();
}

internal static class ByConstraint<T>
    where T : Lowest;

internal static class ByStaticField
{
    public static int Read() => Lowest.Field;
}

internal static class ByCall
{
    public static int Read() => Lowest.Property;
}

internal static class ByTypeOf
{
    public static string Read() => typeof(Lowest).Name;
}

internal static class ByCast
{
    public static bool Is(object one) => one is Lowest;
}

internal static class ByCatch
{
    public static void Try(Action action)
    {
        try
        {
            action();
        }
        catch (LowestException)
        {
            action();
        }
    }
}

internal static class ByEnum
{
    public static LowestKind Kind() => LowestKind.First;
}

internal static class ByClosure
{
    public static Func<int> Later(int more) => () => more + Lowest.Property;
}

internal static class ByIterator
{
    public static IEnumerable<int> All()
    {
        yield return Lowest.Property;
    }
}

internal static class ByAsyncMethod
{
    public static async Task<int> Later()
    {
        await Task.Yield();
        return Lowest.Property;
    }
}

internal static class ByNestedType
{
    public static class Inner
    {
        public static int Read() => Lowest.Property;
    }
}

internal static class ByBranches
{
    // A table of jumps, constants of every size and members of another type precede the reference.
    public static object Read(int which) => which switch
    {
        0 => 1.0,
        1 => 1f,
        2 => long.MaxValue,
        3 => "three",
        4 => which * 1000,
        _ => Lowest.Property,
    };
}

internal static class ByNothing
{
    public static string Read() => nameof(Lowest) + Console.In.Peek();
}
