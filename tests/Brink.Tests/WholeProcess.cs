namespace Brink.Tests;

/// <summary>Tests that read the allocations of the whole process: nothing else runs at the same time.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public class WholeProcess
{
    public const string Name = "whole process";
}
