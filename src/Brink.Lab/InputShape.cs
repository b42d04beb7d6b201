namespace Brink.Lab;

/// <summary>What one sample is, for the model that reads it.</summary>
public abstract record InputShape;

public sealed record ImageShape(int Channels, int Height, int Width) : InputShape;

/// <param name="Vocabulary">Number of tokens.</param>
/// <param name="Length">Of the longest sequence.</param>
/// <param name="LongestLine">Line of the data file that has it.</param>
public sealed record SequenceShape(int Vocabulary, int Length, int LongestLine) : InputShape;
