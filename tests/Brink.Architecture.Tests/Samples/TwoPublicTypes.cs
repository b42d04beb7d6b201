namespace Brink.Architecture.Tests.Samples;

public class FirstPublicType
{
    public SampleState State { get; } = new(0);
}

public class SecondPublicType
{
    public SampleState State { get; } = new(1);
}

public sealed record SampleState(int Step);

public enum SampleStage
{
    First,
}

public delegate void SampleObserver(SampleState state);
