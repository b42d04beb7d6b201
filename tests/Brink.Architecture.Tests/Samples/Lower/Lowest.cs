namespace Brink.Architecture.Tests.Samples.Lower;

/// <summary>The type that every sample in Upper refers to, each in a different way.</summary>
internal class Lowest
{
    public static readonly int Field = 1;

    public static int Property => Field;

    public static T Made<T>() where T : new() => new();
}

internal interface ILowest;

internal sealed class LowestException : Exception;

[AttributeUsage(AttributeTargets.All)]
internal sealed class LowestAttribute : Attribute;

internal enum LowestKind
{
    First,
}
