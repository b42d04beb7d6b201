using Brink.Taylor;

namespace Brink.Zoo.Models;

/// <summary>A network as a function of one flat parameter vector theta [p].</summary>
public abstract record Model
{
    /// <summary>The named parameters in theta.</summary>
    public abstract ParameterLayout Layout { get; }

    /// <summary>Number of parameters p.</summary>
    public long Dimension => Layout.Dimension;

    /// <summary>Returns the initial theta [p] in float64, by the layout unless the model has values of its own.</summary>
    public virtual Tensor Initial(long seed) => Layout.Initial(seed);

    /// <summary>Describes the outputs [n,c] for inputs [n,...] in terms of the parameters, which are taken in the order of
    /// the layout.</summary>
    public abstract Value Outputs(Queue<Value> parameters, Tensor inputs);

    /// <summary>Computes outputs [n,c] from theta [p] and inputs [n,...] by libtorch.</summary>
    public virtual Tensor Outputs(Tensor theta, Tensor inputs) => Outputs(Layout.Values(), inputs).Evaluate(theta);
}
