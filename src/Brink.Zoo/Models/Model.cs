using Brink.Taylor;

namespace Brink.Zoo.Models;

/// <summary>A network as a function of one flat parameter vector theta [p].</summary>
public abstract record Model
{
    /// <summary>The named parameters that theta holds.</summary>
    public abstract ParameterLayout Layout { get; }

    /// <summary>p.</summary>
    public long Dimension => Layout.Dimension;

    /// <summary>theta [p] in float64, as the layout says.</summary>
    public Tensor Initial(long seed) => Layout.Initial(seed);

    /// <summary>The description: its outputs [n,c] for inputs [n,...], made of its parameters in the order of the
    /// layout.</summary>
    public abstract Value Outputs(Queue<Value> parameters, Tensor inputs);

    /// <summary>theta [p] and inputs [n,...] to outputs [n,c], by libtorch.</summary>
    public virtual Tensor Outputs(Tensor theta, Tensor inputs) => Outputs(Layout.Values(), inputs).Evaluate(theta);
}
