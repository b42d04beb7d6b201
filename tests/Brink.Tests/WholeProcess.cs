namespace Brink.Tests;

/// <summary>Tests that read what the whole process has allocated: nothing else runs beside them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public class WholeProcess
{
    public const string Name = "whole process";
}
