namespace Brink.Graphs.Operators;

/// <summary>Dropout, which only an evaluated model may have.</summary>
internal static class Dropouts
{
    /// <summary>Refuses a dropout that sets elements to 0.</summary>
    /// <param name="isTraining">True in training mode.</param>
    /// <param name="share">Share of the elements that it sets to 0.</param>
    /// <exception cref="GraphException">The dropout is active.</exception>
    public static void RefuseActive(bool isTraining, double share)
    {
        if (isTraining && share > 0)
            throw new GraphException("dropout is active, so that the loss is random; export the model in evaluation mode");
    }
}
