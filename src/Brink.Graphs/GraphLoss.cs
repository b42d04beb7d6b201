namespace Brink.Graphs;

/// <summary>The loss of a graph's outputs.</summary>
public enum GraphLoss
{
    /// <summary>The sum over outputs of (f - y)^2, averaged over the samples.</summary>
    SquaredError,

    /// <summary>The negative log softmax of the classes y along dimension 1, averaged over the samples and, where y has more
    /// dimensions, over positions.</summary>
    CrossEntropy,

    /// <summary>Cross-entropy of [samples,positions,vocabulary] with the next tokens y [samples,positions], averaged over
    /// both.</summary>
    NextToken,

    /// <summary>The output of the graph itself, a scalar.</summary>
    Inside,
}
